// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Apps and the device as the shell and SMP see them: commands as words, answers as lines.

use alloc::format;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char, c_void};

use akira_core::APPS_MAX;
use akira_core::http::{ApiError, Code};

use crate::export;

/// Installed apps at most.
pub const AKIRA_APPS_MAX: usize = 16;

const _: () = assert!(AKIRA_APPS_MAX == APPS_MAX);

/// Length of an app's name at most, with the terminating zero.
pub const AKIRA_NAME_SIZE: usize = 32;
/// Length of a version at most, with the terminating zero. A longer one is cut.
pub const AKIRA_VERSION_SIZE: usize = 33;
/// Length of a state's name at most, with the terminating zero.
pub const AKIRA_STATE_SIZE: usize = 12;

/// Takes one line of an answer, or the sentence that says why there is none. `line` is not
/// terminated and lives for the call only.
#[allow(non_camel_case_types, reason = "the name in C")]
pub type akira_print =
    unsafe extern "C" fn(context: *mut c_void, line: *const c_char, len: usize, is_error: bool);

/// One installed app.
#[allow(non_camel_case_types, reason = "the name in C")]
#[repr(C)]
pub struct akira_app {
    /// Its name, terminated.
    pub name: [c_char; AKIRA_NAME_SIZE],
    /// Its version, terminated.
    pub version: [c_char; AKIRA_VERSION_SIZE],
    /// The version that the last update has kept, terminated; empty when there is none.
    pub previous: [c_char; AKIRA_VERSION_SIZE],
    /// Its state, terminated.
    pub state: [c_char; AKIRA_STATE_SIZE],
    /// Bytes of its module.
    pub size: u32,
    /// Bytes of memory that it costs now.
    pub memory_used: u32,
    /// The most that it may cost.
    pub memory_quota: u32,
}

/// Carries out a command: `apps`, `start` and a name, and so on. 0 when it was done, else the HTTP
/// status that says what was wrong; the sentence has then been printed.
///
/// # Safety
///
/// `words` are `count` terminated strings, and `print` can be called with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_control(
    words: *const *const c_char,
    count: usize,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    let mut typed = Vec::new();
    for at in 0..count {
        // SAFETY: `words` has `count` pointers, by this function's contract.
        let word = unsafe { words.add(at) };
        // SAFETY: as above.
        let word = unsafe { word.read() };
        // SAFETY: terminated, by this function's contract, and unchanged during the call.
        let word = unsafe { CStr::from_ptr(word) };
        // What is not UTF-8 is no command and no name.
        typed.push(word.to_str().unwrap_or("?"));
    }
    let mut say = |line: &str| {
        // SAFETY: the caller's function, with what the caller wants to see there.
        unsafe { print(context, line.as_ptr().cast(), line.len(), false) }
    };
    let done = match export::runtime() {
        Some(runtime) => runtime.control(&typed, &mut say),
        None => Err(not_up()),
    };
    // SAFETY: by this function's contract.
    unsafe { report(done, print, context) }
}

/// Removes an app and its data. 0, or the HTTP status that says what was wrong, as
/// [`akira_control`].
///
/// # Safety
///
/// `name` is terminated, and `print` can be called with `context`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_app_uninstall(
    name: *const c_char,
    print: akira_print,
    context: *mut c_void,
) -> u16 {
    // SAFETY: terminated, by this function's contract, and unchanged during the call.
    let name = unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("?");
    let done = export::runtime().ok_or_else(not_up).and_then(|runtime| {
        let name = name.parse().map_err(|bad| ApiError::new(Code::BadName, format!("{bad}")))?;
        runtime.uninstall(&name).map(drop)
    });
    // SAFETY: by this function's contract.
    unsafe { report(done, print, context) }
}

/// The app with the number `index` in the order of names. False when there are fewer.
///
/// # Safety
///
/// `app` may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn akira_app_at(index: usize, app: *mut akira_app) -> bool {
    let Some(view) = export::runtime().and_then(|runtime| {
        let mut list = runtime.app_list().apps;
        (index < list.len()).then(|| list.swap_remove(index))
    }) else {
        return false;
    };
    let found = akira_app {
        name: terminated(&view.name),
        version: terminated(&view.version),
        previous: terminated(view.previous.as_ref().map_or("", |previous| &previous.version)),
        state: terminated(view.state),
        size: view.size,
        memory_used: u32::try_from(view.memory_used).unwrap_or(u32::MAX),
        memory_quota: view.memory_quota,
    };
    // SAFETY: by this function's contract.
    unsafe { app.write(found) };
    true
}

/// Prints why something was not done, and gives the HTTP status for it; 0 for what was done.
///
/// # Safety
///
/// `print` can be called with `context`.
pub unsafe fn report(done: Result<(), ApiError>, print: akira_print, context: *mut c_void) -> u16 {
    let Err(error) = done else { return 0 };
    // SAFETY: by this function's contract.
    unsafe { print(context, error.message.as_ptr().cast(), error.message.len(), true) };
    error.code.status()
}

/// The refusal of everything as long as the runtime is not up.
pub fn not_up() -> ApiError {
    ApiError::new(Code::Internal, "AkiraOS is not up. The console says why.")
}

/// A text for C, cut to what fits.
pub fn terminated<const N: usize>(text: &str) -> [c_char; N] {
    let mut end = text.len().min(N - 1);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(text[..end].bytes()) {
        *to = c_char::from_ne_bytes([from]);
    }
    out
}
