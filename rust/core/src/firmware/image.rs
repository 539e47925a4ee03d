// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The scan of an MCUboot image, piece by piece, while it streams in or is read back.
//!
//! An image is its header, the image itself, an area of protected TLVs if the header announces one,
//! and an area of plain TLVs. An area is a head (magic number, size of the area, 2 bytes each) and
//! TLVs (type, length, 2 bytes each, then the value). The SHA-256 in the plain area is about all
//! before that area; a signature is about that SHA-256.
//!
//! Nothing is held but what counts: the header, a hash under way, and a few short values. Whatever the
//! pieces, the outcome is the same, and a fault is told with the piece that shows it.

use heapless::Vec;
use sha2::{Digest, Sha256};

use super::error::ImageError;
use super::header::{HEADER_BYTES, Header, Version};
use super::key::{PublicKey, SIGNATURE_MAX, SignatureKind};
use super::policy::Facts;

/// Signatures of known kinds that are looked at.
const SIGNATURES_MAX: usize = 3;

const PLAIN_MAGIC: u16 = 0x6907;
const PROTECTED_MAGIC: u16 = 0x6908;
/// Bytes of an area's head and of a TLV's.
const HEAD_BYTES: usize = 4;

const KEYHASH: u16 = 0x01;
const SHA256: u16 = 0x10;
const ECDSA: u16 = 0x22;
const ED25519: u16 = 0x24;
const SIG_PURE: u16 = 0x25;
const SECURITY_COUNTER: u16 = 0x50;

/// Types that may stand where nothing vouches for them: hashes, keys and signatures.
const PLAIN_TYPES: [u16; 12] =
    [KEYHASH, 0x02, SHA256, 0x11, 0x12, 0x20, 0x21, ECDSA, 0x23, ED25519, SIG_PURE, 0x30];

/// A signature in an image, and the SHA-256 of the key that it says it is by.
#[derive(Clone, Debug)]
struct Signature {
    kind: SignatureKind,
    key_hash: [u8; 32],
    bytes: Vec<u8, SIGNATURE_MAX>,
}

/// An image whose parts fit together and whose SHA-256 is right.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its header.
    pub header: Header,
    /// Bytes of all of it.
    pub size: u32,
    /// The SHA-256 that it carries: of header, image and protected TLVs.
    pub sha256: [u8; 32],
    /// Its security counter.
    pub counter: Option<u32>,
    signatures: Vec<Signature, SIGNATURES_MAX>,
}

/// What is remembered of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its version.
    pub version: Version,
    /// The SHA-256 that it carries.
    pub sha256: [u8; 32],
    /// Bytes of all of it.
    pub size: u32,
    /// Its security counter.
    pub counter: Option<u32>,
}

impl Summary {
    /// What counts about it beside others.
    pub fn facts(&self) -> Facts {
        Facts { version: self.version, counter: self.counter.unwrap_or(0) }
    }
}

impl Image {
    /// What is remembered of it.
    pub fn summary(&self) -> Summary {
        let Self { header, size, sha256, counter, .. } = self;
        Summary { version: header.version, sha256: *sha256, size: *size, counter: *counter }
    }

    /// What counts about it beside others.
    pub fn facts(&self) -> Facts {
        self.summary().facts()
    }

    /// Whether one of the keys has signed it. Without keys only `unsigned` lets it through.
    pub fn verify(&self, keys: &[PublicKey], unsigned: bool) -> Result<(), ImageError> {
        if keys.is_empty() {
            return if unsigned { Ok(()) } else { Err(ImageError::NoKey) };
        }
        if self.signatures.is_empty() {
            return Err(ImageError::Unsigned);
        }
        let by = |key: &PublicKey, signature: &Signature| {
            key.key_hash() == signature.key_hash
                && key.verifies(signature.kind, &signature.bytes, &self.sha256)
        };
        let verified = self.signatures.iter().any(|s| keys.iter().any(|key| by(key, s)));
        if verified { Ok(()) } else { Err(ImageError::BadSignature) }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Part {
    Header,
    /// The image itself, with the padding of the header.
    Body {
        left: u32,
    },
    /// The head of an area.
    Area {
        protected: bool,
    },
    /// The head of a TLV, in an area of which so many bytes are left.
    Head {
        protected: bool,
        left: u32,
    },
    /// The value of a TLV; `left` is the area's after it.
    Value {
        protected: bool,
        left: u32,
        kind: u16,
        missing: u16,
    },
    End,
}

/// The scan of an image as it comes.
#[derive(Clone, Debug)]
pub struct Scanner {
    part: Part,
    /// Bytes that have come.
    taken: u32,
    header: Option<Header>,
    hash: Sha256,
    /// Bytes that the hash is still to take.
    unhashed: u64,
    /// The head or value that is being read; of a long value only the beginning.
    piece: Vec<u8, SIGNATURE_MAX>,
    /// The header while it comes.
    head: Vec<u8, HEADER_BYTES>,
    digest: [u8; 32],
    has_hash: bool,
    key_hash: Option<[u8; 32]>,
    counter: Option<u32>,
    signatures: Vec<Signature, SIGNATURES_MAX>,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// A scan at its beginning.
    pub fn new() -> Self {
        Self {
            part: Part::Header,
            taken: 0,
            header: None,
            hash: Sha256::new(),
            unhashed: HEADER_BYTES as u64,
            piece: Vec::new(),
            head: Vec::new(),
            digest: [0; 32],
            has_hash: false,
            key_hash: None,
            counter: None,
            signatures: Vec::new(),
        }
    }

    /// The header, once it is there.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Whether all of the image is there.
    pub fn is_complete(&self) -> bool {
        matches!(self.part, Part::End)
    }

    /// Takes the next bytes, all of which must be the image's.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ImageError> {
        match self.push_up_to_end(bytes)? {
            taken if taken == bytes.len() => Ok(()),
            _ => Err(ImageError::TooLong),
        }
    }

    /// Takes the next bytes as far as they are the image's; how many. For what is read from a slot,
    /// where anything may follow.
    pub fn push_up_to_end(&mut self, all: &[u8]) -> Result<usize, ImageError> {
        let mut bytes = all;
        while !bytes.is_empty() {
            let wanted = match self.part {
                Part::Header => HEADER_BYTES - self.head.len(),
                Part::Body { left } => left as usize,
                Part::Area { .. } | Part::Head { .. } => HEAD_BYTES - self.piece.len(),
                Part::Value { missing, .. } => missing.into(),
                Part::End => break,
            };
            let (now, rest) = bytes.split_at(wanted.min(bytes.len()));
            bytes = rest;
            self.taken = self.taken.checked_add(now.len() as u32).ok_or(ImageError::TooLong)?;
            let hashed = self.unhashed.min(now.len() as u64);
            self.hash.update(&now[..hashed as usize]);
            self.unhashed -= hashed;
            self.take(now)?;
        }
        Ok(all.len() - bytes.len())
    }

    /// Takes bytes that all belong to the part that is being read.
    fn take(&mut self, now: &[u8]) -> Result<(), ImageError> {
        match self.part {
            Part::Header => {
                // Not more than is missing, so it fits.
                let _ = self.head.extend_from_slice(now);
                if let Ok(bytes) = self.head.as_slice().try_into() {
                    let header = Header::parse(bytes)?;
                    self.unhashed = header.hashed_size() - HEADER_BYTES as u64;
                    self.header = Some(header);
                    let left = u32::from(header.header_size) - HEADER_BYTES as u32;
                    self.part = Part::Body { left: left + header.image_size };
                }
            }
            Part::Body { left } => {
                let left = left - now.len() as u32;
                self.part = match (left, self.header) {
                    (0, Some(header)) if header.protected_size > 0 => {
                        Part::Area { protected: true }
                    }
                    (0, _) => self.plain_area(),
                    _ => Part::Body { left },
                };
            }
            Part::Area { protected } => {
                if let Some((magic, size)) = self.heads(now) {
                    let wanted = if protected { PROTECTED_MAGIC } else { PLAIN_MAGIC };
                    let announced = self.header.map_or(0, |header| header.protected_size);
                    let left = u32::from(size).checked_sub(HEAD_BYTES as u32);
                    let left =
                        left.filter(|_| magic == wanted && (!protected || size == announced));
                    let left = left.ok_or(ImageError::BadTlv)?;
                    self.part = self.within(protected, left);
                }
            }
            Part::Head { protected, left } => {
                if let Some((kind, length)) = self.heads(now) {
                    let left = left
                        .checked_sub(HEAD_BYTES as u32 + u32::from(length))
                        .filter(|_| protected || is_plain(kind))
                        .ok_or(ImageError::BadTlv)?;
                    self.part = Part::Value { protected, left, kind, missing: length };
                    if length == 0 {
                        self.value(protected, left, kind)?;
                    }
                }
            }
            Part::Value { protected, left, kind, missing } => {
                let room = self.piece.capacity() - self.piece.len();
                // Cut to what there is room for. What is longer than any value that counts is told
                // from it by its length: it is full and still more comes.
                let _ = self.piece.extend_from_slice(&now[..now.len().min(room)]);
                let missing = missing - now.len() as u16;
                self.part = Part::Value { protected, left, kind, missing };
                if missing == 0 {
                    self.value(protected, left, kind)?;
                }
            }
            Part::End => {}
        }
        Ok(())
    }

    /// The two numbers of a head, once it is whole.
    fn heads(&mut self, now: &[u8]) -> Option<(u16, u16)> {
        // Not more than is missing, so it fits.
        let _ = self.piece.extend_from_slice(now);
        let bytes: [u8; HEAD_BYTES] = self.piece.as_slice().try_into().ok()?;
        self.piece.clear();
        let [a, b, c, d] = bytes;
        Some((u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])))
    }

    /// What the hash is about has come: the area of plain TLVs follows.
    fn plain_area(&mut self) -> Part {
        self.digest = self.hash.clone().finalize().into();
        Part::Area { protected: false }
    }

    /// What comes in an area of which so many bytes are left.
    fn within(&mut self, protected: bool, left: u32) -> Part {
        match (left, protected) {
            (0, true) => self.plain_area(),
            (0, false) => Part::End,
            _ => Part::Head { protected, left },
        }
    }

    /// A value is whole.
    fn value(&mut self, protected: bool, left: u32, kind: u16) -> Result<(), ImageError> {
        let value = core::mem::take(&mut self.piece);
        let digest = || <[u8; 32]>::try_from(value.as_slice()).map_err(|_| ImageError::BadTlv);
        match (kind, protected) {
            (SHA256, false) => {
                if digest()? != self.digest {
                    return Err(ImageError::BadHash);
                }
                self.has_hash = true;
            }
            (KEYHASH, false) => self.key_hash = Some(digest()?),
            // Signed as a whole and not by its hash, which would have to be taken twice.
            (SIG_PURE, _) => return Err(ImageError::Kind("signed as a whole")),
            (ECDSA | ED25519, false) => {
                let kind = if kind == ECDSA { SignatureKind::P256 } else { SignatureKind::Ed25519 };
                // One without the hash of its key is nobody's, and one too many is not looked at.
                if let Some(key_hash) = self.key_hash.take() {
                    let _ = self.signatures.push(Signature { kind, key_hash, bytes: value });
                }
            }
            (SECURITY_COUNTER, true) => {
                let bytes = value.as_slice().try_into().map_err(|_| ImageError::BadTlv)?;
                if self.counter.replace(u32::from_le_bytes(bytes)).is_some() {
                    return Err(ImageError::BadTlv);
                }
            }
            _ => {}
        }
        self.part = self.within(protected, left);
        Ok(())
    }

    /// Nothing more comes: what it is.
    pub fn finish(self) -> Result<Image, ImageError> {
        match (self.part, self.header) {
            (Part::End, Some(header)) if self.has_hash => Ok(Image {
                header,
                size: self.taken,
                sha256: self.digest,
                counter: self.counter,
                signatures: self.signatures,
            }),
            (Part::End, _) => Err(ImageError::NoHash),
            // Whatever is too short to be an image is none in the first place.
            (Part::Header, _) => Err(ImageError::NoHeader),
            _ => Err(ImageError::Truncated),
        }
    }
}

/// Whether a TLV of that type may be in the plain area.
fn is_plain(kind: u16) -> bool {
    PLAIN_TYPES.contains(&kind) || (0x31..=0x33).contains(&kind)
}

#[cfg(test)]
mod tests;
