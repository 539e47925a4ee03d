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

#[cfg(test)]
mod tests {
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

    proptest! {
        #[test]
        fn no_input_leads_out(input in proptest::collection::vec(any::<u8>(), 0..160)) {
            if let Ok(path) = resolve(&app(), &input) {
                prop_assert!(path == "/data/keeper" || path.starts_with("/data/keeper/"));
                prop_assert!(path.split('/').all(|part| part != ".." && part != "."));
            }
        }
    }
}
