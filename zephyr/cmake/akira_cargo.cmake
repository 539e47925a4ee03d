# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
#
# Rust static libraries in a Zephyr build.
#
# zephyr-lang-rust's rust_cargo_application() is for an application: one library named rustapp, with
# its own main() and panic handler, linked into the target `app`. A module needs a library beside an
# application of any language, so the cargo call is our own. So is the mapping of targets: that
# module's function is private to its CMake file, which fixes the application's settings as well,
# and it maps native_sim to x86_64-unknown-none, whose soft-float calls do not match C code that is
# compiled for the host.

# Sets <out> to the Rust target triple of the board.
function(akira_rust_target out)
  if(CONFIG_ARCH_POSIX)
    if(NOT CONFIG_64BIT)
      message(FATAL_ERROR "AkiraOS runs on the 64-bit variant: build for native_sim/native/64.")
    endif()
    set(target ${CMAKE_HOST_SYSTEM_PROCESSOR}-unknown-linux-gnu)
  elseif(CONFIG_CPU_CORTEX_M0 OR CONFIG_CPU_CORTEX_M0PLUS)
    set(target thumbv6m-none-eabi)
  elseif(CONFIG_CPU_CORTEX_M3)
    set(target thumbv7m-none-eabi)
  elseif(CONFIG_CPU_CORTEX_M4 OR CONFIG_CPU_CORTEX_M7)
    set(target thumbv7em-none-eabi)
  elseif(CONFIG_CPU_CORTEX_M23)
    set(target thumbv8m.base-none-eabi)
  elseif(CONFIG_CPU_CORTEX_M33 OR CONFIG_CPU_CORTEX_M55 OR CONFIG_CPU_CORTEX_M85)
    set(target thumbv8m.main-none-eabi)
  elseif(CONFIG_RISCV AND CONFIG_64BIT)
    set(target riscv64imac-unknown-none-elf)
  elseif(CONFIG_RISCV)
    set(target riscv32imac-unknown-none-elf)
  else()
    message(FATAL_ERROR "AkiraOS knows no Rust target for ${BOARD}; add it to ${CMAKE_CURRENT_FUNCTION_LIST_FILE}.")
  endif()

  if(CONFIG_FP_HARDABI AND target MATCHES "^thumbv(7e|8m.main)")
    set(target ${target}hf)
  endif()

  set(${out} ${target} PARENT_SCOPE)
endfunction()

# akira_cargo_library(<name> CRATE <folder> LIBRARY <lib> [FEATURES <feature>...]
#                     [ENVIRONMENT <NAME=value>...])
#
# Builds the crate's static library lib<lib>.a with cargo on every build (cargo knows what is up to
# date) and makes the imported library target <name> of it; <name>_build is the target that builds,
# and <name>_clippy one that lints, in the same setting, when it is asked for. Cargo writes into the
# build folder only, with the crate's own lock file.
function(akira_cargo_library name)
  cmake_parse_arguments(CARGO "" "CRATE;LIBRARY" "FEATURES;ENVIRONMENT" ${ARGN})

  find_program(CARGO_EXECUTABLE cargo REQUIRED)
  akira_rust_target(target)

  if(CONFIG_DEBUG OR CONFIG_NO_OPTIMIZATIONS)
    set(profile_argument)
    set(profile debug)
  else()
    set(profile_argument --release)
    set(profile release)
  endif()

  set(target_dir ${CMAKE_CURRENT_BINARY_DIR}/cargo)
  set(library ${target_dir}/${target}/${profile}/lib${CARGO_LIBRARY}.a)

  # What a developer has set for other builds must not reach this one.
  set(environment ${CMAKE_COMMAND} -E env
    --unset=RUSTFLAGS --unset=CARGO_TARGET_DIR --unset=CARGO_BUILD_TARGET
    ${CARGO_ENVIRONMENT}
  )
  set(arguments --locked ${profile_argument} --target ${target} --target-dir ${target_dir})
  foreach(feature IN LISTS CARGO_FEATURES)
    list(APPEND arguments --features ${feature})
  endforeach()

  add_custom_target(${name}_clippy
    COMMAND ${environment} ${CARGO_EXECUTABLE} clippy ${arguments} -- -D warnings
    WORKING_DIRECTORY ${CARGO_CRATE}
    COMMENT "Linting Rust library ${CARGO_LIBRARY}"
    USES_TERMINAL
    VERBATIM
  )

  add_custom_target(${name}_build ALL
    COMMAND ${environment} ${CARGO_EXECUTABLE} build ${arguments}
    BYPRODUCTS ${library}
    WORKING_DIRECTORY ${CARGO_CRATE}
    COMMENT "Building Rust library ${CARGO_LIBRARY} for ${target}"
    USES_TERMINAL
    VERBATIM
  )

  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${library})
  add_dependencies(${name} ${name}_build)
endfunction()
