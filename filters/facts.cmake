# SPDX-License-Identifier: GPL-3.0-or-later
# Floor 1: the inspector's report as plain values, for everybody who judges or explains.
if(NOT TARGET vanthu_facts)
  vanthu_library(facts SOURCES ${CMAKE_CURRENT_LIST_DIR}/facts.cpp ${CMAKE_CURRENT_LIST_DIR}/authentication.cpp ${CMAKE_CURRENT_LIST_DIR}/file_types.cpp ${CMAKE_CURRENT_LIST_DIR}/opinion.cpp PUBLIC vanthu::base Boost::json)
endif()
