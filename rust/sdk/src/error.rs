// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Errors of the native API.

use core::fmt;

use crate::native::errno;

/// What a call that failed returned: one of the numbers in [`errno`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(i32);

/// What a call gives that can fail.
pub type Result<T, E = Error> = core::result::Result<T, E>;

impl Error {
    /// The app lacks the capability, or its scope does not allow this.
    pub const ACCESS: Error = Error(errno::EACCES);
    /// There is no such file or thing.
    pub const NOT_FOUND: Error = Error(errno::ENOENT);
    /// The storage is full.
    pub const NO_SPACE: Error = Error(errno::ENOSPC);
    /// An argument is not valid.
    pub const INVALID: Error = Error(errno::EINVAL);
    /// Input or output failed.
    pub const IO: Error = Error(errno::EIO);
    /// Nothing came in time, or the app asks too often.
    pub const AGAIN: Error = Error(errno::EAGAIN);
    /// The app is being stopped.
    pub const INTERRUPTED: Error = Error(errno::EINTR);
    /// The memory quota does not suffice.
    pub const NO_MEMORY: Error = Error(errno::ENOMEM);
    /// Somebody else uses it.
    pub const BUSY: Error = Error(errno::EBUSY);
    /// The device does not have this.
    pub const NO_DEVICE: Error = Error(errno::ENODEV);
    /// This is not supported here.
    pub const NOT_SUPPORTED: Error = Error(errno::ENOTSUP);
    /// Nobody listens there.
    pub const REFUSED: Error = Error(errno::ECONNREFUSED);
    /// The peer did not answer in time.
    pub const TIMED_OUT: Error = Error(errno::ETIMEDOUT);

    /// The error with this number, which is negative.
    pub const fn from_code(code: i32) -> Self {
        Self(code)
    }

    /// Its number, which is negative.
    pub const fn code(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match errno::ALL.iter().find(|(code, ..)| *code == self.0) {
            Some((code, name, text)) => write!(f, "{text} ({code} {name})"),
            None => write!(f, "error {}", self.0),
        }
    }
}

impl core::error::Error for Error {}

/// A count, or the error that the device returned in its place.
pub(crate) fn count(result: i32) -> Result<usize> {
    usize::try_from(result).map_err(|_| Error(result))
}

/// Nothing in place of [`Error::AGAIN`], for calls that wait for something.
pub(crate) fn unless_again<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::AGAIN) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString;

    use super::*;

    #[test]
    fn negative_numbers_are_errors() {
        assert_eq!(count(0), Ok(0));
        assert_eq!(count(7), Ok(7));
        assert_eq!(count(errno::EACCES), Err(Error::ACCESS));
    }

    #[test]
    fn nothing_in_time_is_no_error() {
        assert_eq!(unless_again(count(3)), Ok(Some(3)));
        assert_eq!(unless_again(count(errno::EAGAIN)), Ok(None));
        assert_eq!(unless_again(count(errno::EIO)), Err(Error::IO));
    }

    #[test]
    fn errors_say_what_they_are() {
        assert!(Error::ACCESS.to_string().ends_with("(-13 EACCES)"));
        assert_eq!(Error::from_code(-4000).to_string(), "error -4000");
    }
}
