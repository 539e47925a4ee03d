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

# Finds a cargo and a rustc that can build for <target>, and sets in the caller
#
#   <prefix>_CARGO        cargo
#   <prefix>_ENVIRONMENT  variables that it has to be run with
#   <prefix>_ARGUMENTS    arguments for each of its commands
#
# First choice is a compiler with the target's core library installed, as `rustup target add` does;
# second one that has the library's sources (Debian's rust-web-src, rustup's rust-src), from which
# cargo then compiles it for this image. The one in PATH comes before the system's. RUSTC_BOOTSTRAP
# lets a released compiler do the second, which is the only unstable feature in use.
function(akira_find_rust prefix target)
  set(found)
  set(tried)
  find_program(AKIRA_PATH_CARGO cargo)
  foreach(cargo IN ITEMS ${AKIRA_PATH_CARGO} /usr/bin/cargo)
    get_filename_component(folder ${cargo} DIRECTORY)
    set(rustc ${folder}/rustc)
    if(NOT EXISTS ${cargo} OR NOT EXISTS ${rustc} OR cargo IN_LIST tried)
      continue()
    endif()
    list(APPEND tried ${cargo})
    execute_process(COMMAND ${rustc} --print sysroot
      OUTPUT_VARIABLE sysroot OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT sysroot)
      continue()
    endif()
    # An empty folder is left behind by `rustup target remove`.
    file(GLOB core_library ${sysroot}/lib/rustlib/${target}/lib/libcore-*.rlib)
    if(core_library)
      set(found ready)
    elseif(EXISTS ${sysroot}/lib/rustlib/src/rust/library/core/Cargo.toml AND NOT found)
      set(found sources)
    else()
      continue()
    endif()
    set(use_cargo ${cargo})
    set(use_rustc ${rustc})
    if(found STREQUAL ready)
      break()
    endif()
  endforeach()

  if(NOT found)
    if(tried)
      list(JOIN tried " and " tried)
      set(tried "${tried} cannot")
    else()
      set(tried "There is no cargo here that can")
    endif()
    message(FATAL_ERROR
      "${tried} build Rust for ${target}, the target of ${BOARD}. Install one of these, then build again: "
      "`rustup target add ${target}`, or Debian's packages rustc-web, cargo-web and rust-web-src.")
  endif()

  # Cargo would run the first rustc in PATH.
  set(environment RUSTC=${use_rustc})
  set(arguments)
  if(found STREQUAL sources)
    message(STATUS "Rust for ${target}: ${use_rustc}, with a core library compiled from its sources")
    list(APPEND environment RUSTC_BOOTSTRAP=1)
    set(arguments -Zbuild-std=core,alloc)
  else()
    message(STATUS "Rust for ${target}: ${use_rustc}")
  endif()
  set(${prefix}_CARGO ${use_cargo} PARENT_SCOPE)
  set(${prefix}_ENVIRONMENT ${environment} PARENT_SCOPE)
  set(${prefix}_ARGUMENTS ${arguments} PARENT_SCOPE)
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

  akira_rust_target(target)
  akira_find_rust(RUST ${target})

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
    ${RUST_ENVIRONMENT} ${CARGO_ENVIRONMENT}
  )
  set(arguments --locked ${profile_argument} --target ${target} --target-dir ${target_dir}
    ${RUST_ARGUMENTS})
  foreach(feature IN LISTS CARGO_FEATURES)
    list(APPEND arguments --features ${feature})
  endforeach()

  add_custom_target(${name}_clippy
    COMMAND ${environment} ${RUST_CARGO} clippy ${arguments} -- -D warnings
    WORKING_DIRECTORY ${CARGO_CRATE}
    COMMENT "Linting Rust library ${CARGO_LIBRARY}"
    USES_TERMINAL
    VERBATIM
  )

  add_custom_target(${name}_build ALL
    COMMAND ${environment} ${RUST_CARGO} build ${arguments}
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
