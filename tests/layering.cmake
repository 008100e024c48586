# SPDX-License-Identifier: GPL-3.0-or-later
# Refuses an #include that goes up, or sideways to another target of the same floor. The longest prefix that fits names a
# file's target; a folder that stands in no row is a fault too.
#   cmake -D SOURCE_DIR=. -P tests/layering.cmake
set(floors
  "gateway/base/=0" "gateway/mail/=1" "gateway/net/=1" "gateway/proof/=1" "gateway/print/=1" "filters/facts.=1" "filters/file_types.=1" "filters/verdict.=1" "filters/authentication.=1" "filters/opinion.=1"
  "gateway/guard/=2" "gateway/journal/=2" "gateway/dns/=2" "directory/=2" "filters/inspect/=2"
  "gateway/verify/=0" "gateway/vault/=3" "gateway/transparency/=3" "gateway/spool/=3" "gateway/archive/=3" "gateway/audit/=3" "gateway/mailauth/=3" "gateway/opinion/=3" "filters/policy/=3"
  "gateway/search/=4" "gateway/deliveries/=4" "gateway/openings/=4" "gateway/fixity/=4"
  "gateway/http/=2" "gateway/witness/=3" "gateway/attestation/=4"
  "gateway/exports/=5" "gateway/sights/=5" "gateway/shelves/=5"
  "gateway/policies/=4" "gateway/registers/=4" "gateway/keeping/=4" "filters/addressing/=4" "filters/attachments/=4" "filters/official/=4" "filters/chain.=5"
  "gateway/intake/=6" "gateway/imports/=6" "admin/imports/=7" "gateway/smtp/=7" "gateway/imap/=7" "gateway/milter/=7" "gateway/relay/=7" "gateway/receipts/=7"
  "admin/=8" "gateway/reading_room/=8" "gateway/program/=9" "gateway/main.=10")

function(target_of path prefix_out floor_out)
  set(best "")
  set(best_floor "")
  foreach(row IN LISTS floors)
    string(REGEX MATCH "^([^=]+)=([0-9]+)$" unused "${row}")
    set(prefix "${CMAKE_MATCH_1}")
    set(floor "${CMAKE_MATCH_2}")
    string(FIND "${path}" "${prefix}" at)
    string(LENGTH "${prefix}" length)
    string(LENGTH "${best}" best_length)
    if(at EQUAL 0 AND length GREATER best_length)
      set(best "${prefix}")
      set(best_floor "${floor}")
    endif()
  endforeach()
  set(${prefix_out} "${best}" PARENT_SCOPE)
  set(${floor_out} "${best_floor}" PARENT_SCOPE)
endfunction()

get_filename_component(SOURCE_DIR "${SOURCE_DIR}" ABSOLUTE)
file(GLOB_RECURSE sources RELATIVE ${SOURCE_DIR}
  ${SOURCE_DIR}/gateway/*.hpp ${SOURCE_DIR}/gateway/*.cpp ${SOURCE_DIR}/filters/*.hpp ${SOURCE_DIR}/filters/*.cpp
  ${SOURCE_DIR}/directory/*.hpp ${SOURCE_DIR}/directory/*.cpp ${SOURCE_DIR}/admin/*.hpp ${SOURCE_DIR}/admin/*.cpp)
set(faults 0)
set(includes_seen 0)
foreach(source IN LISTS sources)
  target_of("${source}" mine my_floor)
  if(mine STREQUAL "")
    message(SEND_ERROR "${source}: no row in tests/layering.cmake says on which floor it stands")
    math(EXPR faults "${faults} + 1")
    continue()
  endif()
  file(STRINGS ${SOURCE_DIR}/${source} lines REGEX "^#include \"(gateway|filters|directory|admin)/")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "\"([^\"]+)\"" unused "${line}")
    set(included "${CMAKE_MATCH_1}")
    target_of("${included}" theirs their_floor)
    math(EXPR includes_seen "${includes_seen} + 1")
    if(theirs STREQUAL mine)
      continue()
    endif()
    if(theirs STREQUAL "" OR NOT their_floor LESS my_floor)
      message(SEND_ERROR "${source} (floor ${my_floor}) includes ${included} (floor ${their_floor}): includes go down only")
      math(EXPR faults "${faults} + 1")
    endif()
  endforeach()
endforeach()
if(includes_seen EQUAL 0)
  message(FATAL_ERROR "no include was looked at: is SOURCE_DIR right?")
endif()
if(faults EQUAL 0)
  message(STATUS "${includes_seen} includes, all go down")
endif()
