# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
#
# Ends the build when CONFIG_AKIRA_GRANT names something that is no capability: Kconfig itself
# cannot check a list.

# akira_check_grant(<list> <header>): <header> is the one that defines AKIRA_CAPABILITY_NAMES.
function(akira_check_grant list header)
  if(list STREQUAL "")
    return()
  endif()

  file(READ ${header} text)
  string(REGEX MATCH "AKIRA_CAPABILITY_NAMES[^\"]*\"([a-z_,]+)\"" found "${text}")
  if(NOT found)
    message(FATAL_ERROR "${header} does not define AKIRA_CAPABILITY_NAMES.")
  endif()
  string(REPLACE "," ";" known "${CMAKE_MATCH_1}")

  # A semicolon, which separates the items of CMake's own lists, must not pass for a comma.
  string(REPLACE ";" "(semicolon)" list "${list}")
  # A comma at the end, or two of them in a row, leave an empty name, which no capability has.
  string(REPLACE "," ";" names "${list},end")
  list(REMOVE_AT names -1)
  foreach(name IN LISTS names)
    if(NOT name IN_LIST known)
      string(REPLACE ";" ", " all "${known}")
      message(FATAL_ERROR "CONFIG_AKIRA_GRANT: \"${name}\" is no capability. Give a list of these, "
        "with commas and no spaces: ${all}.")
    endif()
  endforeach()
endfunction()
