// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The header of an MCUboot image: 32 bytes, little-endian.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 4 | magic number |
//! | 4 | 4 | load address; not used for images that run from their slot |
//! | 8 | 2 | size of the header with its padding |
//! | 10 | 2 | size of the protected TLVs behind the image |
//! | 12 | 4 | size of the image without header and TLVs |
//! | 16 | 4 | flags |
//! | 20 | 8 | version: major, minor, revision (2 bytes), build (4 bytes) |
//! | 28 | 4 | padding |

use core::fmt;

use super::error::ImageError;

/// Bytes of a header without its padding.
pub const HEADER_BYTES: usize = 32;

/// What an image begins with.
pub const MAGIC: u32 = 0x96F3_B83D;

/// Flags that say what this device cannot run, and what each means.
const REFUSED: [(u32, &str); 4] = [
    (0x0000_0004 | 0x0000_0008, "encrypted"),
    (0x0000_0010, "not bootable"),
    (0x0000_0020, "one to be loaded into RAM"),
    (0x0000_0200 | 0x0000_0400 | 0x0000_0800, "compressed"),
];

/// The version of an image. The build number counts, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Major number.
    pub major: u8,
    /// Minor number.
    pub minor: u8,
    /// Revision.
    pub revision: u16,
    /// Build number.
    pub build: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor, revision, build } = self;
        write!(f, "{major}.{minor}.{revision}")?;
        if *build > 0 { write!(f, "+{build}") } else { Ok(()) }
    }
}

/// What an image's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Bytes up to the image itself.
    pub header_size: u16,
    /// Bytes of the protected TLVs behind it; 0 when there are none.
    pub protected_size: u16,
    /// Bytes of the image itself.
    pub image_size: u32,
    /// The version.
    pub version: Version,
}

impl Header {
    /// Reads a header and refuses what this device cannot run.
    pub fn parse(bytes: &[u8; HEADER_BYTES]) -> Result<Self, ImageError> {
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let word = |at: usize| u32::from(half(at)) | u32::from(half(at + 2)) << 16;
        if word(0) != MAGIC {
            return Err(ImageError::NoHeader);
        }
        let header = Self {
            header_size: half(8),
            protected_size: half(10),
            image_size: word(12),
            version: Version {
                major: bytes[20],
                minor: bytes[21],
                revision: half(22),
                build: word(24),
            },
        };
        let flags = word(16);
        if let Some((_, kind)) = REFUSED.iter().find(|(flag, _)| flags & flag != 0) {
            return Err(ImageError::Kind(kind));
        }
        let holds = usize::from(header.header_size) >= HEADER_BYTES
            && header.image_size > 0
            && (header.protected_size == 0 || header.protected_size >= 4)
            && u32::try_from(header.least_size()).is_ok();
        if holds { Ok(header) } else { Err(ImageError::BadHeader) }
    }

    /// Bytes that the SHA-256 of the image is about: header, image and protected TLVs.
    pub fn hashed_size(&self) -> u64 {
        u64::from(self.header_size) + u64::from(self.image_size) + u64::from(self.protected_size)
    }

    /// Bytes that the whole has at least: the TLVs behind are one head and one SHA-256 or more.
    pub fn least_size(&self) -> u64 {
        self.hashed_size() + 4 + 4 + 32
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    /// The header that `imgtool sign --version 1.2.3+4 --header-size 0x200` writes of 1000 bytes.
    fn good() -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..4].copy_from_slice(&MAGIC.to_le_bytes());
        bytes[8..10].copy_from_slice(&0x200u16.to_le_bytes());
        bytes[12..16].copy_from_slice(&1000u32.to_le_bytes());
        bytes[20..28].copy_from_slice(&[1, 2, 3, 0, 4, 0, 0, 0]);
        bytes
    }

    #[test]
    fn a_header_is_read() {
        let header = Header::parse(&good()).unwrap();
        assert_eq!((header.header_size, header.protected_size), (0x200, 0));
        assert_eq!(header.image_size, 1000);
        assert_eq!(header.version, Version { major: 1, minor: 2, revision: 3, build: 4 });
        assert_eq!(header.version.to_string(), "1.2.3+4");
        assert_eq!((header.hashed_size(), header.least_size()), (1512, 1552));
    }

    #[test]
    fn what_cannot_run_or_be_is_refused() {
        let with = |at: usize, bytes: &[u8]| {
            let mut header = good();
            header[at..at + bytes.len()].copy_from_slice(bytes);
            Header::parse(&header)
        };
        assert_eq!(with(0, &[0x3c]), Err(ImageError::NoHeader));
        assert_eq!(Header::parse(&[0xFF; HEADER_BYTES]), Err(ImageError::NoHeader));
        assert_eq!(with(8, &[31, 0]), Err(ImageError::BadHeader));
        assert_eq!(with(10, &[3, 0]), Err(ImageError::BadHeader));
        assert_eq!(with(12, &[0; 4]), Err(ImageError::BadHeader));
        assert_eq!(with(12, &[0xFF; 4]), Err(ImageError::BadHeader));
        for (flag, kind) in [
            ([0x04, 0], "encrypted"),
            ([0x08, 0], "encrypted"),
            ([0x10, 0], "not bootable"),
            ([0x20, 0], "one to be loaded into RAM"),
            ([0, 0x02], "compressed"),
            ([0, 0x04], "compressed"),
            ([0, 0x08], "compressed"),
        ] {
            assert_eq!(with(16, &flag), Err(ImageError::Kind(kind)));
        }
        assert!(with(16, &[0, 1]).is_ok(), "a fixed address is MCUboot's and the linker's matter");
    }

    #[test]
    fn versions_are_compared_by_number() {
        let version = |major, minor, revision, build| Version { major, minor, revision, build };
        let ascending = [
            version(0, 9, 9, 9),
            version(1, 0, 0, 0),
            version(1, 0, 0, 1),
            version(1, 0, 10, 0),
            version(1, 2, 0, 0),
            version(10, 0, 0, 0),
        ];
        assert!(ascending.is_sorted() && ascending.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(version(1, 0, 10, 0).to_string(), "1.0.10");
    }

    proptest! {
        #[test]
        fn what_is_let_through_has_a_size(mut bytes: [u8; HEADER_BYTES], magic: bool) {
            if magic {
                bytes[..4].copy_from_slice(&MAGIC.to_le_bytes());
                bytes[16..20].fill(0);
            }
            if let Ok(header) = Header::parse(&bytes) {
                prop_assert!(magic);
                prop_assert!(header.least_size() > HEADER_BYTES as u64);
                prop_assert!(header.least_size() <= u64::from(u32::MAX));
            }
        }
    }
}
