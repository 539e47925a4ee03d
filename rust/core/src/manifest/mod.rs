// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The manifest: what an app is and what it asks for.
//!
//! A [`Draft`] is what somebody wrote, in CBOR, JSON or (in the CLI) TOML: every field may be
//! missing and nothing has been checked. [`Draft::check`] turns it into a [`Manifest`], in which
//! every field is within its range. There is no other way to get one.

mod cbor;
mod check;
mod json;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use akira_abi::CapSet;
use serde::{Deserialize, Serialize};

use crate::module::ManifestFormat;
use crate::name::AppName;
use crate::scope::{Scope, ScopeDraft};

/// Smallest and largest memory quota in bytes.
pub const MEMORY_QUOTA_RANGE: (u32, u32) = (16 * 1024, 4 * 1024 * 1024);
/// Memory quota of an app that names none, in bytes.
pub const MEMORY_QUOTA_DEFAULT: u32 = 256 * 1024;
/// Lowest and highest priority.
pub const PRIORITY_RANGE: (u32, u32) = (1, 10);
/// Priority of an app that names none.
pub const PRIORITY_DEFAULT: u32 = 5;
/// Smallest and largest WebAssembly operand stack in KiB.
pub const STACK_KB_RANGE: (u32, u32) = (1, 64);
/// Operand stack of an app that names none, in KiB.
pub const STACK_KB_DEFAULT: u32 = 4;
/// Largest app heap (for `mem_alloc`) in KiB; 0 is none.
pub const HEAP_KB_MAX: u32 = 1024;
/// App heap of an app that names none, in KiB. It costs nothing unless `mem_alloc` is imported.
pub const HEAP_KB_DEFAULT: u32 = 8;
/// Shortest and longest execution limit in milliseconds.
pub const EXEC_TIMEOUT_RANGE: (u32, u32) = (10, 3_600_000);
/// Execution limit of an app that names none, on a device that is not set up otherwise, in
/// milliseconds.
pub const EXEC_TIMEOUT_DEFAULT: u32 = 10_000;
/// Longest description and author in bytes.
pub const TEXT_MAX: usize = 128;

/// When a stopped app starts again by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// Not at all.
    #[default]
    Never,
    /// When it failed.
    OnFailure,
    /// Whenever it ends.
    Always,
}

impl Restart {
    /// The name in manifests.
    pub const fn name(self) -> &'static str {
        match self {
            Restart::Never => "never",
            Restart::OnFailure => "on-failure",
            Restart::Always => "always",
        }
    }
}

/// A manifest as somebody wrote it: unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// See [`Manifest::name`].
    pub name: Option<String>,
    /// See [`Manifest::version`].
    pub version: Option<String>,
    /// See [`Manifest::description`].
    pub description: Option<String>,
    /// See [`Manifest::author`].
    pub author: Option<String>,
    /// Names of capabilities.
    pub capabilities: Vec<String>,
    /// See [`Manifest::memory_quota`].
    pub memory_quota: Option<u32>,
    /// See [`Manifest::autostart`].
    pub autostart: Option<bool>,
    /// See [`Manifest::priority`].
    pub priority: Option<u32>,
    /// See [`Manifest::restart`].
    pub restart: Option<String>,
    /// See [`Manifest::entry`].
    pub entry: Option<String>,
    /// See [`Manifest::stack_kb`].
    pub stack_kb: Option<u32>,
    /// See [`Manifest::heap_kb`].
    pub heap_kb: Option<u32>,
    /// See [`Manifest::exec_timeout_ms`].
    pub exec_timeout_ms: Option<u32>,
    /// See [`Manifest::abi`].
    pub abi: Option<u32>,
    /// See [`Manifest::scope`].
    pub scope: Option<ScopeDraft>,
}

/// A manifest whose every field has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The app's name.
    pub name: AppName,
    /// Its version, as semantic versioning 2.0.0 writes it.
    pub version: String,
    /// One sentence about it, at most [`TEXT_MAX`] bytes.
    pub description: String,
    /// Who made it, at most [`TEXT_MAX`] bytes.
    pub author: String,
    /// The capabilities that it asks for.
    pub capabilities: CapSet,
    /// The most memory that it may cost, in bytes, within [`MEMORY_QUOTA_RANGE`].
    pub memory_quota: u32,
    /// Whether it starts when the device boots.
    pub autostart: bool,
    /// 1 (least) to 10 (most urgent).
    pub priority: u8,
    /// When it starts again by itself.
    pub restart: Restart,
    /// The exported function that is called; `_start`, then `main`, when none is named.
    pub entry: Option<String>,
    /// Size of the WebAssembly operand stack in KiB, within [`STACK_KB_RANGE`].
    pub stack_kb: u32,
    /// Size of the heap for `mem_alloc` in KiB, at most [`HEAP_KB_MAX`].
    pub heap_kb: u32,
    /// Longest time that its code may run without a pause in milliseconds, within
    /// [`EXEC_TIMEOUT_RANGE`].
    pub exec_timeout_ms: Option<u32>,
    /// The version of the native API that it was built for.
    pub abi: u32,
    /// What narrows its capabilities.
    pub scope: Scope,
}

/// A manifest is refused, with the sentence that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError(pub String);

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for ManifestError {}

impl Manifest {
    /// Reads and checks the content of a manifest section.
    pub fn read(format: ManifestFormat, bytes: &[u8]) -> Result<Manifest, ManifestError> {
        match format {
            ManifestFormat::Cbor => Draft::from_cbor(bytes)?.check(),
            ManifestFormat::Json => json::read(bytes)?.check(),
        }
    }

    /// What stands for the manifest of an app whose own cannot be read: it asks for nothing, and its
    /// version is 0.0.0.
    pub fn lost(name: AppName) -> Manifest {
        Manifest {
            name,
            version: "0.0.0".into(),
            description: String::new(),
            author: String::new(),
            capabilities: CapSet::EMPTY,
            memory_quota: MEMORY_QUOTA_DEFAULT,
            autostart: false,
            priority: PRIORITY_DEFAULT as u8,
            restart: Restart::Never,
            entry: None,
            stack_kb: STACK_KB_DEFAULT,
            heap_kb: HEAP_KB_DEFAULT,
            exec_timeout_ms: None,
            abi: akira_abi::VERSION,
            scope: Scope::default(),
        }
    }

    /// The manifest as a draft that says everything, for storing it.
    pub fn to_draft(&self) -> Draft {
        Draft {
            name: Some(self.name.as_str().into()),
            version: Some(self.version.clone()),
            description: Some(self.description.clone()),
            author: Some(self.author.clone()),
            capabilities: self.capabilities.iter().map(|c| c.name().into()).collect(),
            memory_quota: Some(self.memory_quota),
            autostart: Some(self.autostart),
            priority: Some(u32::from(self.priority)),
            restart: Some(self.restart.name().into()),
            entry: self.entry.clone(),
            stack_kb: Some(self.stack_kb),
            heap_kb: Some(self.heap_kb),
            exec_timeout_ms: self.exec_timeout_ms,
            abi: Some(self.abi),
            scope: (!self.scope.is_empty()).then(|| self.scope.to_draft()),
        }
    }
}
