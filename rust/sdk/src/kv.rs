// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Settings: small values under short names, each written in one step. Reading needs the capability
//! `fs_read` or `fs_write`, writing `fs_write`.
//!
//! A key has 1 to 31 of the characters `A`-`Z`, `a`-`z`, `0`-`9`, `_`, `.` and `-`, the first no dot.

use crate::error::count;
use crate::native;
use crate::{Error, Result};

/// Longest value in bytes.
pub const VALUE_MAX: usize = native::KV_VALUE_MAX;

/// The value under a key, written into `out`; `None` when there is none. [`Error::INVALID`] when
/// `out` is too small; [`VALUE_MAX`] bytes are always enough.
pub fn get<'a>(key: &str, out: &'a mut [u8]) -> Result<Option<&'a [u8]>> {
    let (to, room) = (out.as_mut_ptr(), out.len());
    // SAFETY: both pointers and lengths are those of slices that are borrowed for the whole call.
    match count(unsafe { native::storage_kv_get(key.as_ptr(), key.len(), to, room) }) {
        Ok(length) => out.get(..length).map(Some).ok_or(Error::INVALID),
        Err(Error::NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same as text. [`Error::INVALID`] when the value is no UTF-8.
pub fn get_text<'a>(key: &str, out: &'a mut [u8]) -> Result<Option<&'a str>> {
    let value = get(key, out)?;
    value.map(core::str::from_utf8).transpose().map_err(|_| Error::INVALID)
}

/// Keeps a value of at most [`VALUE_MAX`] bytes under a key. Whenever the power goes, the old value
/// is there or the new one.
pub fn set(key: &str, value: &[u8]) -> Result<()> {
    let (from, length) = (value.as_ptr(), value.len());
    // SAFETY: both pointers and lengths are those of slices that are borrowed for the whole call.
    count(unsafe { native::storage_kv_set(key.as_ptr(), key.len(), from, length) }).map(drop)
}

/// Forgets a key. [`Error::NOT_FOUND`] when there is none.
pub fn remove(key: &str) -> Result<()> {
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::storage_kv_delete(key.as_ptr(), key.len()) }).map(drop)
}
