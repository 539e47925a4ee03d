// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Error codes. An app sees them as negative numbers; 0 or a count is success.

use core::fmt;

macro_rules! errnos {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        /// An error of the native API and of the platform. The numbers are those of POSIX on Linux
        /// and Zephyr.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(i32)]
        #[allow(clippy::upper_case_acronyms)]
        pub enum Errno {
            $(#[doc = $text] $name = $code,)*
        }

        impl Errno {
            /// Every error, for generators and tests.
            pub const ALL: &'static [Errno] = &[$(Errno::$name),*];

            /// The POSIX name.
            pub const fn name(self) -> &'static str {
                match self { $(Errno::$name => stringify!($name),)* }
            }

            /// One sentence for people.
            pub const fn text(self) -> &'static str {
                match self { $(Errno::$name => $text,)* }
            }

            /// The error for a positive or negative number; unknown numbers become [`Errno::EIO`].
            pub const fn from_code(code: i32) -> Errno {
                match code.unsigned_abs() { $($code => Errno::$name,)* _ => Errno::EIO }
            }
        }
    };
}

errnos! {
    EPERM = 1, "The operation is not permitted.";
    ENOENT = 2, "There is no such file or thing.";
    EINTR = 4, "The call was interrupted because the app is being stopped.";
    EIO = 5, "Input or output failed.";
    EBADF = 9, "The handle is not open, or not open for this.";
    EAGAIN = 11, "Try again later.";
    ENOMEM = 12, "There is not enough memory.";
    EACCES = 13, "The capability or its scope does not allow this.";
    EFAULT = 14, "A pointer or length is outside the app's memory.";
    EBUSY = 16, "The thing is in use.";
    EEXIST = 17, "It exists already.";
    ENODEV = 19, "The device does not have this.";
    ENOTDIR = 20, "A part of the path is not a directory.";
    EISDIR = 21, "It is a directory.";
    EINVAL = 22, "An argument is not valid.";
    ENFILE = 23, "Too many handles are open.";
    EFBIG = 27, "The file would be too large.";
    ENOSPC = 28, "The storage is full.";
    ENAMETOOLONG = 36, "The name is too long.";
    ENOTEMPTY = 39, "The directory is not empty.";
    ENOTSUP = 95, "This is not supported here.";
    EADDRINUSE = 98, "The port is in use.";
    ECONNRESET = 104, "The peer has broken the connection.";
    ETIMEDOUT = 110, "The peer did not answer in time.";
    ECONNREFUSED = 111, "Nobody listens there.";
    EHOSTUNREACH = 113, "The host cannot be found or reached.";
}

impl Errno {
    /// What the app gets: the negative number.
    pub const fn code(self) -> i32 {
        -(self as i32)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.text(), self.code(), self.name())
    }
}

impl core::error::Error for Errno {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_are_negative() {
        for &errno in Errno::ALL {
            assert!(errno.code() < 0);
            assert_eq!(Errno::from_code(errno.code()), errno);
            assert_eq!(Errno::from_code(-errno.code()), errno);
        }
        assert_eq!(Errno::from_code(-9999), Errno::EIO);
    }
}
