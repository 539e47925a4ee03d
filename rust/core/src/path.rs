// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Paths of an app's own files. An app sees only `/data/<its name>/`; what would lead out of it is
//! refused, never cut to fit.

use core::fmt::Write;

use akira_abi::{Errno, PATH_MAX};

use crate::name::AppName;

/// An absolute path on the device's storage.
pub type DevicePath = heapless::String<{ PATH_MAX + 40 }>;

/// Longest single part of a path, in bytes.
const PART_MAX: usize = 64;

/// The absolute path of `relative` in the folder of `app`.
///
/// Parts are separated by `/`; empty parts and `.` are left out. The empty path is the folder
/// itself. `..`, a leading `/`, control characters, `\`, parts of more than 64 bytes, text that is
/// not UTF-8 and paths of more than [`PATH_MAX`] bytes are refused with `EINVAL` or `ENAMETOOLONG`.
pub fn resolve(app: &AppName, relative: &[u8]) -> Result<DevicePath, Errno> {
    if relative.len() > PATH_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    let relative = core::str::from_utf8(relative).map_err(|_| Errno::EINVAL)?;
    if relative.starts_with('/') {
        return Err(Errno::EINVAL);
    }
    let mut path = DevicePath::new();
    write!(path, "/data/{app}").map_err(|_| Errno::ENAMETOOLONG)?;
    for part in relative.split('/') {
        if part.is_empty() || part == "." {
            continue;
        }
        if part == ".." || part.chars().any(|c| c.is_control() || c == '\\') {
            return Err(Errno::EINVAL);
        }
        if part.len() > PART_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        write!(path, "/{part}").map_err(|_| Errno::ENAMETOOLONG)?;
    }
    Ok(path)
}

/// A path below `/data`, as an operator names it: the app's name, then a path in its folder. The empty
/// one is `/data` itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataPath {
    app: Option<AppName>,
    path: DevicePath,
}

impl DataPath {
    /// The path of this text, in which `%` and two hexadecimal digits stand for a byte; that is undone
    /// once. `EINVAL` or `ENAMETOOLONG` for what [`resolve`] refuses, and `EINVAL` when the first part
    /// is no app's name.
    pub fn from_url(text: &str) -> Result<Self, Errno> {
        let mut bytes: heapless::Vec<u8, { PATH_MAX + 40 }> = heapless::Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let mut byte = *first;
            rest = after;
            if byte == b'%' {
                let digits = rest.get(..2).and_then(|two| core::str::from_utf8(two).ok());
                [byte] = digits.and_then(crate::hex::decode).ok_or(Errno::EINVAL)?;
                rest = rest.get(2..).unwrap_or_default();
            }
            bytes.push(byte).map_err(|_| Errno::ENAMETOOLONG)?;
        }
        Self::new(&bytes)
    }

    /// The path of these bytes as they are.
    pub fn new(relative: &[u8]) -> Result<Self, Errno> {
        if relative.is_empty() {
            let path = DevicePath::try_from("/data").map_err(|_| Errno::ENAMETOOLONG)?;
            return Ok(Self { app: None, path });
        }
        let end = relative.iter().position(|byte| *byte == b'/').unwrap_or(relative.len());
        let (app, inner) = relative.split_at(end);
        let app = core::str::from_utf8(app).ok().and_then(|app| app.parse().ok());
        let app: AppName = app.ok_or(Errno::EINVAL)?;
        let path = resolve(&app, inner.strip_prefix(b"/").unwrap_or_default())?;
        Ok(Self { app: Some(app), path })
    }

    /// Where it is on the device's storage: `/data/hello/notes.txt`.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// What an operator calls it: `hello/notes.txt`; empty for `/data` itself.
    pub fn relative(&self) -> &str {
        self.path.strip_prefix("/data").map_or("", |path| path.trim_start_matches('/'))
    }

    /// The app whose folder it is in; `None` for `/data` itself.
    pub fn app(&self) -> Option<&AppName> {
        self.app.as_ref()
    }

    /// Whether it is an app's folder or `/data` itself, which only an install and an uninstall make
    /// and remove.
    pub fn is_top(&self) -> bool {
        !self.relative().contains('/')
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    fn app() -> AppName {
        "keeper".parse().unwrap()
    }

    #[test]
    fn paths_stay_inside() {
        assert_eq!(resolve(&app(), b"a/b.txt").unwrap(), "/data/keeper/a/b.txt");
        assert_eq!(resolve(&app(), b"").unwrap(), "/data/keeper");
        assert_eq!(resolve(&app(), b"./a//b/").unwrap(), "/data/keeper/a/b");
        for bad in ["..", "a/../../x", "/etc", "/data/keeper/x", "a\\b", "a\nb", "a/\0"] {
            assert_eq!(resolve(&app(), bad.as_bytes()), Err(Errno::EINVAL), "{bad:?}");
        }
        assert_eq!(resolve(&app(), b"\xff"), Err(Errno::EINVAL));
        assert_eq!(resolve(&app(), &[b'x'; 129]), Err(Errno::ENAMETOOLONG));
        assert_eq!(resolve(&app(), &[b'x'; 65]), Err(Errno::ENAMETOOLONG));
        let deep = "a/".repeat(64);
        assert!(resolve(&app(), deep.as_bytes()).is_ok());
    }

    #[test]
    fn operators_name_an_app_first() {
        let path = |text: &str| DataPath::from_url(text).map(|path| path.as_str().to_string());
        assert_eq!(path("").unwrap(), "/data");
        assert_eq!(path("keeper").unwrap(), "/data/keeper");
        assert_eq!(path("keeper/").unwrap(), "/data/keeper");
        assert_eq!(path("keeper/a/b.txt").unwrap(), "/data/keeper/a/b.txt");
        assert_eq!(path("keeper%2fa%20b+%C3%A4").unwrap(), "/data/keeper/a b+\u{e4}");
        assert_eq!(path("keeper/%2541").unwrap(), "/data/keeper/%41", "undone once");
        for bad in [
            "/",
            "..",
            "%2e%2e",
            "keeper/..",
            "keeper/%2e%2E/x",
            "keeper//etc/x/../y",
            "Keeper",
            "akira",
            "keeper/%",
            "keeper/%4",
            "keeper/%zz",
            "keeper/%+1",
            "keeper/%00",
            "keeper/%ff",
            "keeper/a%5cb",
            "%u0041",
        ] {
            assert_eq!(path(bad), Err(Errno::EINVAL), "{bad}");
        }
        assert_eq!(path(&"a".repeat(200)), Err(Errno::ENAMETOOLONG));
        let top = |text: &str| DataPath::from_url(text).unwrap().is_top();
        assert!(top("") && top("keeper") && top("keeper/") && !top("keeper/a"));
        assert_eq!(DataPath::from_url("keeper/a/b").unwrap().relative(), "keeper/a/b");
        assert_eq!(DataPath::from_url("").unwrap().relative(), "");
    }

    proptest! {
        #[test]
        fn no_operator_leads_out(input in "[a-z./%0-9\\\\]{0,60}") {
            if let Ok(path) = DataPath::from_url(&input) {
                let path = path.as_str();
                prop_assert!(path == "/data" || path.starts_with("/data/"));
                prop_assert!(path.split('/').all(|part| part != ".." && part != "."));
            }
        }

        #[test]
        fn no_input_leads_out(input in proptest::collection::vec(any::<u8>(), 0..160)) {
            if let Ok(path) = resolve(&app(), &input) {
                prop_assert!(path == "/data/keeper" || path.starts_with("/data/keeper/"));
                prop_assert!(path.split('/').all(|part| part != ".." && part != "."));
            }
        }
    }
}
