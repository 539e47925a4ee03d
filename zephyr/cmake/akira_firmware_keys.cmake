# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
#
# The public keys that firmware images are taken from, out of PEM files into the image.

# akira_firmware_keys(<files> <folder> P256 <y>): writes <folder>/firmware_keys.inc at build time,
# again when a file changes. Relative files are looked for in the application's folder, then in the
# workspace's.
function(akira_firmware_keys files folder)
  cmake_parse_arguments(PARSE_ARGV 2 KEYS "" "P256" "")
  set(kinds ed25519)
  if(KEYS_P256)
    set(kinds ed25519,p256)
  endif()
  set(found)
  foreach(file IN LISTS files)
    string(CONFIGURE "${file}" file)
    get_filename_component(path "${file}" ABSOLUTE BASE_DIR "${APPLICATION_CONFIG_DIR}")
    if(NOT EXISTS "${path}" AND WEST_TOPDIR)
      get_filename_component(path "${file}" ABSOLUTE BASE_DIR "${WEST_TOPDIR}")
    endif()
    if(NOT EXISTS "${path}")
      message(FATAL_ERROR "CONFIG_AKIRA_FIRMWARE_KEY: there is no file ${file}, neither in "
        "${APPLICATION_CONFIG_DIR} nor in the workspace. Give the path of the PEM file that images "
        "are signed with.")
    endif()
    cmake_path(IS_PREFIX ZEPHYR_MCUBOOT_MODULE_DIR "${path}" NORMALIZE published)
    if(published)
      message(WARNING "CONFIG_AKIRA_FIRMWARE_KEY: ${path} is MCUboot's published key. Everybody can "
        "sign firmware for this device.")
    endif()
    list(APPEND found "${path}")
  endforeach()

  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/firmware_keys.py)
  add_custom_command(
    OUTPUT ${folder}/firmware_keys.inc
    COMMAND ${PYTHON_EXECUTABLE} ${script} ${kinds} ${folder}/firmware_keys.inc ${found}
    DEPENDS ${script} ${found}
    COMMENT "Taking the public halves of the firmware keys"
    VERBATIM
  )
endfunction()
