# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
#
# For a suite of the C shims, before find_package(Zephyr): the module of this repository, and the
# board's settings of the reference firmware.

get_filename_component(AKIRA_ROOT ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
list(APPEND EXTRA_ZEPHYR_MODULES ${AKIRA_ROOT})
list(APPEND EXTRA_DTC_OVERLAY_FILE ${AKIRA_ROOT}/boards/native_sim_native_64.overlay)
# An overlay of the test's own, which has to come after that one.
if(AKIRA_TEST_OVERLAY)
  list(APPEND EXTRA_DTC_OVERLAY_FILE ${CMAKE_CURRENT_LIST_DIR}/../${AKIRA_TEST_OVERLAY})
endif()

# After it: akira_suite_target() lets the shims find the stand-in for the Rust side's header.
macro(akira_suite_target)
  target_include_directories(akira_zephyr PRIVATE ${AKIRA_ROOT}/tests/zephyr/common)
  target_include_directories(app PRIVATE
    ${AKIRA_ROOT}/tests/zephyr/common
    ${AKIRA_ROOT}/zephyr/src
  )
endmacro()
