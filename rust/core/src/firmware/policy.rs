// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Which image may follow which: newer ones only, as MCUboot's downgrade prevention has it.
//!
//! An update must have a higher version (with the build number) than the image that runs, and no lower
//! security counter. The image from before an update may come back, which is a revert, but not past a
//! security counter either.

use super::error::ImageError;
use super::header::Version;

/// What counts about an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its version.
    pub version: Version,
    /// Its security counter; 0 without one.
    pub counter: u32,
}

/// Whether `version` may be sent to a device that runs `running`, as far as versions tell. It is
/// known as soon as the header is there.
pub fn check_version(version: Version, running: Option<Facts>) -> Result<(), ImageError> {
    match running {
        Some(Facts { version: running, .. }) if version <= running => {
            Err(ImageError::NotNewer { version, running })
        }
        _ => Ok(()),
    }
}

/// Whether an image may come back in place of `running`.
pub fn check_revert(image: Facts, running: Option<Facts>) -> Result<(), ImageError> {
    match running {
        Some(Facts { counter: running, .. }) if image.counter < running => {
            Err(ImageError::Rollback { counter: image.counter, running })
        }
        _ => Ok(()),
    }
}

/// Whether an image may follow `running` as an update.
pub fn check_update(image: Facts, running: Option<Facts>) -> Result<(), ImageError> {
    check_version(image.version, running)?;
    check_revert(image, running)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(major: u8, build: u32, counter: u32) -> Facts {
        Facts { version: Version { major, build, ..Version::default() }, counter }
    }

    #[test]
    fn an_update_is_newer_and_no_rollback() {
        let running = Some(facts(2, 5, 3));
        assert_eq!(check_update(facts(2, 6, 3), running), Ok(()));
        assert_eq!(check_update(facts(3, 0, 4), running), Ok(()));
        for old in [facts(2, 5, 3), facts(2, 4, 9), facts(1, 9, 3)] {
            let refused = check_update(old, running);
            assert!(matches!(refused, Err(ImageError::NotNewer { .. })), "{old:?}");
        }
        let refused = check_update(facts(9, 0, 2), running);
        assert_eq!(refused, Err(ImageError::Rollback { counter: 2, running: 3 }));
    }

    #[test]
    fn what_was_there_may_come_back_but_not_past_a_counter() {
        assert_eq!(check_revert(facts(1, 0, 3), Some(facts(2, 0, 3))), Ok(()));
        assert!(check_revert(facts(1, 0, 2), Some(facts(2, 0, 3))).is_err());
    }

    #[test]
    fn a_device_without_an_image_takes_any() {
        assert_eq!(check_update(facts(0, 0, 0), None), Ok(()));
        assert_eq!(check_revert(facts(0, 0, 0), None), Ok(()));
    }
}
