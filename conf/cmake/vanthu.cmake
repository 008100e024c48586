# SPDX-License-Identifier: GPL-3.0-or-later
# What every target of ours has: the language, the warnings, the sanitizers, the hardening.

option(VANTHU_WERROR "warnings are errors" OFF)
option(VANTHU_HARDEN "hardening flags for a release" OFF)
option(VANTHU_FUZZ "build the libFuzzer targets (clang)" OFF)
option(VANTHU_UNITY "compile a folder's files a dozen at a time: a full build in half the time, one file's in twice its own" OFF)
set(VANTHU_SANITIZE "" CACHE STRING "value of -fsanitize=, empty for none")

add_library(vanthu_flags INTERFACE)
target_compile_features(vanthu_flags INTERFACE cxx_std_20)
target_compile_options(vanthu_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 takes the pairing of Asio's own coroutine allocator for a mistake wherever it inlines one half of it
  target_compile_options(vanthu_flags INTERFACE -Wno-mismatched-new-delete)
endif()
target_include_directories(vanthu_flags INTERFACE ${PROJECT_SOURCE_DIR})
if(VANTHU_WERROR)
  target_compile_options(vanthu_flags INTERFACE -Werror)
endif()
if(VANTHU_SANITIZE)
  target_compile_options(vanthu_flags INTERFACE -fsanitize=${VANTHU_SANITIZE} -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # the sanitizers' own code makes g++ 12 doubt values in variants that it knows well without them
    target_compile_options(vanthu_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  if(VANTHU_SANITIZE STREQUAL "thread")
    # tsan knows no fences: Asio goes by its locks alone, which order all that its fences do
    target_compile_definitions(vanthu_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # clang 14 cannot place this check's data before a coroutine
    target_compile_options(vanthu_flags INTERFACE -fno-sanitize=function)
  endif()
  target_link_options(vanthu_flags INTERFACE -fsanitize=${VANTHU_SANITIZE})
endif()
if(VANTHU_FUZZ)
  target_compile_options(vanthu_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(VANTHU_UNITY)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)
  # What a file keeps to itself is seen by those compiled with it: g++ warns of types that would be none of its business
  # elsewhere, and of names that meet only here, so that it is asked for those within a function alone. Two things of one
  # name in one folder are an error all the same.
  target_compile_options(vanthu_flags INTERFACE -Wno-shadow
                         "$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage;-Wshadow=local>")
  # A dozen files outgrow at once what g++ lets pile up before it collects its garbage: an eighth of its time goes there. Without,
  # it takes a quarter more memory, 1.2 GB at the most.
  target_compile_options(vanthu_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=500000>)
endif()
if(VANTHU_HARDEN)
  target_compile_options(vanthu_flags INTERFACE -fstack-protector-strong -fstack-clash-protection -fcf-protection
                         -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS)
  target_link_options(vanthu_flags INTERFACE -Wl,-z,relro,-z,now -pie)
endif()

# vanthu_library(journal SOURCES log.cpp … PUBLIC vanthu::base … PRIVATE …)
# makes the target vanthu_journal with the alias vanthu::journal.
function(vanthu_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(arg_SOURCES)
    add_library(vanthu_${name} STATIC ${arg_SOURCES})
    target_link_libraries(vanthu_${name} PUBLIC vanthu_flags ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  else()
    add_library(vanthu_${name} INTERFACE)
    target_link_libraries(vanthu_${name} INTERFACE vanthu_flags ${arg_PUBLIC})
  endif()
  add_library(vanthu::${name} ALIAS vanthu_${name})
endfunction()

# Tests are compiled to be debugged, not to be quick: a third less time for what is half of a full build.
set(vanthu_test_options $<$<CONFIG:Release>:-Og>)

# vanthu_test(unit_journal SOURCES log_test.cpp … LIBS vanthu::journal): one executable, run by ctest.
function(vanthu_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE vanthu_flags ${arg_LIBS} GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${vanthu_test_options})
  target_compile_definitions(${name} PRIVATE VANTHU_SOURCE_DIR="${PROJECT_SOURCE_DIR}" VANTHU_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# Fuzz targets: libFuzzer under clang with VANTHU_FUZZ, each a program of its own. Otherwise vanthu_replay(area) makes one
# program of those before it, which replays the seed corpus of the target that it is told.
#   vanthu_fuzz(smtp_command_fuzz SOURCES smtp_command_fuzz.cpp LIBS vanthu::smtp)
# The first source holds LLVMFuzzerTestOneInput.
macro(vanthu_fuzz name)
  cmake_parse_arguments(fuzz "" "" "SOURCES;LIBS" ${ARGN})
  if(VANTHU_FUZZ)
    add_executable(${name} ${fuzz_SOURCES})
    target_link_libraries(${name} PRIVATE vanthu_flags ${fuzz_LIBS})
    target_compile_options(${name} PRIVATE ${vanthu_test_options})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    list(POP_FRONT fuzz_SOURCES fuzz_source)
    get_filename_component(fuzz_source ${fuzz_source} ABSOLUTE)
    list(APPEND replay_names ${name})
    list(APPEND replay_sources ${fuzz_SOURCES})
    list(APPEND replay_libs ${fuzz_LIBS})
    string(APPEND replay_includes "#define LLVMFuzzerTestOneInput ${name}\n#include \"${fuzz_source}\"\n#undef LLVMFuzzerTestOneInput\n")
    string(APPEND replay_rows "    {\"${name}\", ${name}},\n")
  endif()
endmacro()

macro(vanthu_replay area)
  if(replay_names)
    set(replay_made ${CMAKE_CURRENT_BINARY_DIR}/${area}_replay.cpp)
    configure_file(${PROJECT_SOURCE_DIR}/tests/fuzz/replay_targets.cpp.in ${replay_made} @ONLY)
    add_executable(${area}_replay ${replay_made} ${replay_sources})
    target_link_libraries(${area}_replay PRIVATE vanthu_flags vanthu_replay ${replay_libs})
    target_compile_options(${area}_replay PRIVATE ${vanthu_test_options})
    foreach(name IN LISTS replay_names)
      add_test(NAME ${name} COMMAND ${area}_replay ${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
      set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 120)
    endforeach()
  endif()
  foreach(part IN ITEMS names sources libs includes rows)
    unset(replay_${part})
  endforeach()
endmacro()
