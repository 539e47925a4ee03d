// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `kv`: small values under keys, each in a file of its own in the app's folder. The app could
//! open such a file by its path; while it has, its key is busy, see [`super::fs`].

use alloc::format;
use alloc::string::String;

use akira_abi::{Errno, KV_KEY_MAX, KV_VALUE_MAX};
use akira_engine::Args;

use crate::context::AppContext;
use crate::platform::Platform;

/// The folder of the keys inside the app's own.
const FOLDER: &str = ".kv";

/// Where a value of the app of that name is on its way to its key. No key begins with a dot, so it is
/// nobody's value.
pub(crate) fn incoming(app: &str) -> String {
    format!("/data/{app}/{FOLDER}/.new")
}

impl<P: Platform> AppContext<P> {
    fn keys_folder(&self) -> String {
        format!("/data/{}/{FOLDER}", self.name)
    }

    /// Where a key's value is; `EINVAL` for what is no key.
    fn key_path(&self, key: &[u8]) -> Result<String, Errno> {
        let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
        let key = core::str::from_utf8(key).map_err(|_| Errno::EINVAL)?;
        if key.is_empty()
            || key.len() > KV_KEY_MAX
            || key.starts_with('.')
            || !key.bytes().all(|byte| letters(&byte))
        {
            return Err(Errno::EINVAL);
        }
        Ok(format!("{}/{key}", self.keys_folder()))
    }
}

pub(crate) fn storage_kv_get<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    key: &[u8],
    out: &mut [u8],
) -> Result<i32, Errno> {
    let path = context.key_path(key)?;
    // Nobody replaces it in the middle.
    let value = context.with_handles(|_| context.runtime.read_small(&path, KV_VALUE_MAX))?;
    if let Some(out) = out.get_mut(..value.len()) {
        out.copy_from_slice(&value);
    }
    Ok(value.len() as i32)
}

pub(crate) fn storage_kv_set<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    key: &[u8],
    value: &[u8],
) -> Result<i32, Errno> {
    let path = context.key_path(key)?;
    if value.len() > KV_VALUE_MAX {
        return Err(Errno::EINVAL);
    }
    context.with_ledger(|handles| {
        if handles.files.has_open(&path) {
            return Err(Errno::EBUSY);
        }
        if let Some(ledger) = &handles.ledger {
            let old = context.platform().stat(&path).map_or(0, |stat| stat.size);
            let growth = (value.len() as u32).saturating_sub(old);
            if growth > 0 && !ledger.admits_file(growth) {
                return Err(Errno::ENOSPC);
            }
        }
        for folder in [format!("/data/{}", context.name), context.keys_folder()] {
            context.platform().mkdir(&folder)?;
        }
        let incoming = incoming(context.name.as_str());
        context.runtime.replace_by(&incoming, &path, value).map(|()| 0)
    })
}

pub(crate) fn storage_kv_delete<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    key: &[u8],
) -> Result<i32, Errno> {
    let path = context.key_path(key)?;
    context.with_ledger(|handles| {
        if handles.files.has_open(&path) {
            return Err(Errno::EBUSY);
        }
        context.platform().remove(&path).map(|()| 0)
    })
}
