// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Group `app`: the app's own facts and its end.

use akira_abi::Errno;
use akira_engine::Args;
use serde::Serialize;

use crate::context::AppContext;
use crate::platform::Platform;

#[derive(Serialize)]
struct Info<'a> {
    name: &'a str,
    version: &'a str,
    abi: u32,
    device: &'a str,
}

pub(crate) fn app_info<P: Platform>(
    context: &AppContext<P>,
    _call: &Args<'_>,
    out: &mut [u8],
) -> Result<i32, Errno> {
    let info = Info {
        name: context.name.as_str(),
        version: &context.version,
        abi: akira_abi::VERSION,
        device: context.runtime.platform.device(),
    };
    let text = serde_json::to_vec(&info).map_err(|_| Errno::ENOMEM)?;
    if let Some(out) = out.get_mut(..text.len()) {
        out.copy_from_slice(&text);
    }
    i32::try_from(text.len()).map_err(|_| Errno::EIO)
}

pub(crate) fn app_exit<P: Platform>(context: &AppContext<P>, call: &Args<'_>, code: i32) {
    context.exit(call, code);
}
