// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The end of the road: a panic of the Rust side is told on the console and stops the system.

use core::fmt::{self, Write};
use core::panic::PanicInfo;

use crate::ffi;

/// A line built without the heap, which may be what panicked. What does not fit is cut off.
struct Line {
    text: [u8; 240],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = &mut self.text[self.len..];
        let len = more.len().min(room.len());
        room[..len].copy_from_slice(&more.as_bytes()[..len]);
        self.len += len;
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut line = Line { text: [0; 240], len: 0 };
    // Line's write cannot fail.
    let _ = write!(line, "{info}");
    // SAFETY: `text` holds `len` bytes; log.c reads them and does not return to running code.
    unsafe { ffi::akira_panic(line.text.as_ptr().cast(), line.len) };
    loop {
        core::hint::spin_loop();
    }
}

/// On a host target the compiled core library names this symbol; with `panic = "abort"` nobody
/// calls it.
///
/// cbindgen:ignore
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}
