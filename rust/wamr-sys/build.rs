// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Makes the bindings for Zephyr, and refuses a host build of WAMR whose allocator callbacks would
//! have other parameters than those the engine passes.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    check_host_flags();
    #[cfg(feature = "zephyr")]
    bind();
}

/// With `WASM_MEM_ALLOC_WITH_USAGE` WAMR calls the allocator as `malloc(usage, size)`, without it
/// as `malloc(size)`: a mismatch would corrupt memory, so it must not get past the build.
fn check_host_flags() {
    println!("cargo:rerun-if-env-changed=CFLAGS");
    if std::env::var_os("CARGO_FEATURE_HOST").is_some() {
        let flags = std::env::var("CFLAGS").unwrap_or_default();
        assert!(
            flags.contains("-DWASM_MEM_ALLOC_WITH_USAGE=1"),
            "WAMR must be compiled with -DWASM_MEM_ALLOC_WITH_USAGE=1. Run cargo inside the \
             repository, whose .cargo/config.toml sets it; if your environment sets CFLAGS, add the \
             flag there."
        );
        assert!(
            std::env::var_os("CARGO_FEATURE_METERING").is_none()
                || flags.contains("-DWASM_ENABLE_INSTRUCTION_METERING=1"),
            "The feature `metering` needs a WAMR that counts instructions. Set CFLAGS to what the \
             repository's .cargo/config.toml has, and -DWASM_ENABLE_INSTRUCTION_METERING=1."
        );
    }
}

#[cfg(feature = "zephyr")]
fn bind() {
    use std::path::PathBuf;

    println!("cargo:rerun-if-env-changed=AKIRA_WAMR_INCLUDE");
    let include = PathBuf::from(std::env::var_os("AKIRA_WAMR_INCLUDE").expect(
        "AKIRA_WAMR_INCLUDE must name WAMR's core/iwasm/include folder; Zephyr's CMake sets it",
    ));
    let header = include.join("wasm_export.h");
    println!("cargo:rerun-if-changed={}", header.display());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    // On bare Arm, GCC makes an enumeration as small as its values allow, clang does not by itself.
    let bare_arm = std::env::var("TARGET").is_ok_and(|target| target.contains("-none-eabi"));
    bindgen::Builder::default()
        .header(header.to_string_lossy())
        // No C library is needed: the header's types are the compiler's own.
        .clang_arg("-ffreestanding")
        .clang_args(bare_arm.then_some("-fshort-enums"))
        .clang_arg(format!("-I{}", include.display()))
        .use_core()
        .ctypes_prefix("::core::ffi")
        .generate_comments(false)
        .derive_default(true)
        .allowlist_function("wasm_.*")
        .allowlist_type("wasm_.*|NativeSymbol|RuntimeInitArgs|LoadArgs|InstantiationArgs")
        .allowlist_type("RunningMode|mem_alloc_type_t|mem_alloc_usage_t|package_type_t")
        .prepend_enum_name(false)
        .layout_tests(false)
        .generate()
        .expect("bindgen could not read wasm_export.h")
        .write_to_file(out.join("bindings.rs"))
        .expect("the bindings could not be written");
}
