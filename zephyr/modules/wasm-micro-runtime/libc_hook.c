/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * WAMR's Zephyr platform redirects the C library's output to the console through a hook that only
 * some of Zephyr's C libraries have. This is the hook for the others: with the host's C library
 * output goes to the console already, elsewhere WAMR's own messages are lost.
 */

#include <zephyr/sys/util_macro.h>
#include <zephyr/toolchain.h>

#include <wasm_export.h>

/* What rust/wamr-sys/build.rs tells bindgen about this compiler. */
BUILD_ASSERT(sizeof(wasm_import_export_kind_t) == (IS_ENABLED(CONFIG_ARM) ? 1 : sizeof(int)),
	     "enumerations do not have the size that the Rust side of WAMR expects");

__weak void __stdout_hook_install(int (*hook)(int c))
{
	ARG_UNUSED(hook);
}
