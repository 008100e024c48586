# SPDX-License-Identifier: GPL-3.0-or-later
vanthu_fuzz(reading_room_command_fuzz SOURCES ${CMAKE_CURRENT_LIST_DIR}/reading_room_command_fuzz.cpp LIBS vanthu::reading_room)
