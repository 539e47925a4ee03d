// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The scan that a module goes through while it streams in.
//!
//! It follows the section frame of the WebAssembly binary format (core specification 2.0, 5.5.2),
//! keeps the one manifest section and the signature, and refuses what no device takes: something that
//! is not WebAssembly, a section that leads past the end, two manifests, a start section, or anything
//! after the signature. Memory use is bounded by [`MANIFEST_MAX`] and [`SIGNATURE_MAX`]. Whether the
//! code inside the sections is valid is for the engine.
//!
//! The scan also takes the module's hash, and the hash of what is before the signature: one pass over
//! the bytes gives both.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256};

/// Largest manifest section in bytes.
pub const MANIFEST_MAX: usize = 4096;

/// Custom section with a CBOR manifest.
pub const SECTION_CBOR: &str = "akira-manifest";

/// Custom section with AkiraOS's JSON manifest.
pub const SECTION_JSON: &str = ".akira.manifest";

/// Custom section with the signature of all that is before it.
pub const SECTION_SIGNATURE: &str = "akira-signature";

/// Largest signature section in bytes.
pub const SIGNATURE_MAX: usize = 512;

const HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";
const ID_CUSTOM: u8 = 0;
const ID_START: u8 = 8;
const ID_LAST: u8 = 13;

/// In which form a manifest was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestFormat {
    /// [`SECTION_CBOR`].
    Cbor,
    /// [`SECTION_JSON`].
    Json,
}

/// What is wrong with a module's frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanError {
    /// The first bytes are not those of a WebAssembly module.
    NotWasm,
    /// It ends in the middle of something.
    Truncated,
    /// A section's head is malformed; the number is where it is in the file.
    BadSection(usize),
    /// There is a second manifest section.
    TwoManifests,
    /// The manifest section is larger than [`MANIFEST_MAX`].
    ManifestTooLarge,
    /// It has a start section.
    StartSection,
    /// Something follows the signature.
    SignatureNotLast,
    /// The signature section is larger than [`SIGNATURE_MAX`].
    SignatureTooLarge,
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScanError::NotWasm => f.write_str(
                "This is not a WebAssembly module (version 1). Build the app with `akira build`.",
            ),
            ScanError::Truncated => {
                f.write_str("The module ends in the middle of a section. Send the whole file.")
            }
            ScanError::BadSection(offset) => {
                write!(f, "The module has a malformed section at byte {offset}. Build it anew.")
            }
            ScanError::TwoManifests => {
                f.write_str("The module has two manifests. Pack it again with `akira pack`.")
            }
            ScanError::ManifestTooLarge => {
                write!(f, "The manifest is larger than {MANIFEST_MAX} bytes. Shorten its texts.")
            }
            ScanError::StartSection => f.write_str(
                "The module has a start section, which would run before the app is watched. Export \
                 `_start` instead (AssemblyScript: --exportStart _start).",
            ),
            ScanError::SignatureNotLast => f.write_str(
                "Something follows the signature, which covers only what is before it. Sign the \
                 app again with `akira sign`.",
            ),
            ScanError::SignatureTooLarge => write!(
                f,
                "The signature is larger than {SIGNATURE_MAX} bytes. Sign the app again with \
                 `akira sign`."
            ),
        }
    }
}

impl core::error::Error for ScanError {}

/// What the scan found.
#[derive(Debug, PartialEq, Eq)]
pub struct ModuleFacts {
    /// The manifest section, if there is one.
    pub manifest: Option<(ManifestFormat, Vec<u8>)>,
    /// The signature section, if there is one.
    pub signature: Option<SignatureSection>,
    /// SHA-256 of the whole module.
    pub sha256: [u8; 32],
}

/// A signature section, and what it must be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureSection {
    /// SHA-256 of all bytes before the section.
    pub covered: [u8; 32],
    /// Its content.
    pub content: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Part {
    Header(usize),
    SectionId,
    SectionSize { id: u8, leb: Leb },
    NameLength { left: u32, leb: Leb },
    Name { left: u32, name_left: u32 },
    Manifest { left: u32 },
    Signature { left: u32 },
    Skip { left: u32 },
}

#[derive(Clone, Copy, Default)]
struct Leb {
    value: u32,
    shift: u32,
}

impl Leb {
    /// Takes one byte; `Some` with the value at the last one, an error when it does not fit 32 bits.
    fn push(&mut self, byte: u8) -> Result<Option<u32>, ()> {
        if self.shift == 28 && byte > 0x0f {
            return Err(());
        }
        self.value |= u32::from(byte & 0x7f) << self.shift;
        self.shift += 7;
        Ok((byte & 0x80 == 0).then_some(self.value))
    }
}

/// Most bytes in the head of a custom section whose name is read: id, two lengths, the name.
const HEAD_MAX: usize = 32;

/// The scan: bytes go in piece by piece, facts come out at the end.
pub struct Scanner {
    part: Part,
    offset: usize,
    name: String,
    manifest: Option<(ManifestFormat, Vec<u8>)>,
    signature: Option<SignatureSection>,
    /// Of all bytes so far, except those in `head`.
    hash: Sha256,
    /// The head of the section that has begun, until it is known what section it is.
    head: heapless::Vec<u8, HEAD_MAX>,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// A scan at the first byte.
    pub fn new() -> Self {
        Self {
            part: Part::Header(0),
            offset: 0,
            name: String::new(),
            manifest: None,
            signature: None,
            hash: Sha256::new(),
            head: heapless::Vec::new(),
        }
    }

    /// Takes the next bytes of the module. After an error the scan is over.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), ScanError> {
        while !bytes.is_empty() {
            let taken = match self.part {
                Part::Skip { left } | Part::Manifest { left } | Part::Signature { left } => {
                    self.content(left, bytes)
                }
                _ => {
                    self.byte(bytes[0])?;
                    1
                }
            };
            self.offset += taken;
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// The end of the module.
    pub fn finish(self) -> Result<ModuleFacts, ScanError> {
        match self.part {
            Part::SectionId => Ok(ModuleFacts {
                manifest: self.manifest,
                signature: self.signature,
                sha256: self.hash.finalize().into(),
            }),
            Part::Header(0) => Err(ScanError::NotWasm),
            _ => Err(ScanError::Truncated),
        }
    }

    /// Takes what there is of a section's content; how much that was.
    fn content(&mut self, left: u32, bytes: &[u8]) -> usize {
        let bytes = &bytes[..bytes.len().min(left as usize)];
        self.hash.update(bytes);
        let left = left - bytes.len() as u32;
        match (self.part, &mut self.manifest, &mut self.signature) {
            (Part::Manifest { .. }, Some((_, content)), _) => {
                content.extend_from_slice(bytes);
                self.part = after(left, |left| Part::Manifest { left });
            }
            (Part::Signature { .. }, _, Some(signature)) => {
                signature.content.extend_from_slice(bytes);
                self.part = after(left, |left| Part::Signature { left });
            }
            _ => self.part = after(left, |left| Part::Skip { left }),
        }
        bytes.len()
    }

    /// Takes a byte that is no section's content.
    fn byte(&mut self, byte: u8) -> Result<(), ScanError> {
        // No head is longer: longer lengths and names are seen before that.
        self.head.push(byte).map_err(|_| ScanError::BadSection(self.offset))?;
        self.part = self.next_part(byte)?;
        let in_head = matches!(
            self.part,
            Part::SectionSize { .. } | Part::NameLength { .. } | Part::Name { .. }
        );
        if !in_head {
            self.hash.update(&self.head);
            self.head.clear();
        }
        Ok(())
    }

    fn next_part(&mut self, byte: u8) -> Result<Part, ScanError> {
        let bad = ScanError::BadSection(self.offset);
        Ok(match self.part {
            Part::Header(at) => {
                if byte != HEADER[at] {
                    return Err(ScanError::NotWasm);
                }
                if at + 1 == HEADER.len() { Part::SectionId } else { Part::Header(at + 1) }
            }
            Part::SectionId => match byte {
                _ if self.signature.is_some() => return Err(ScanError::SignatureNotLast),
                ID_START => return Err(ScanError::StartSection),
                id if id <= ID_LAST => Part::SectionSize { id, leb: Leb::default() },
                _ => return Err(bad),
            },
            Part::SectionSize { id, mut leb } => match leb.push(byte).map_err(|()| bad.clone())? {
                None => Part::SectionSize { id, leb },
                // A custom section has at least the length of its name.
                Some(0) if id == ID_CUSTOM => return Err(bad),
                Some(left) if id == ID_CUSTOM => Part::NameLength { left, leb: Leb::default() },
                Some(left) => after(left, |left| Part::Skip { left }),
            },
            Part::NameLength { left, mut leb } => {
                let left = left.checked_sub(1).ok_or(bad.clone())?;
                match leb.push(byte).map_err(|()| bad.clone())? {
                    None => Part::NameLength { left, leb },
                    Some(length) if length > left => return Err(bad),
                    Some(length) => {
                        self.name.clear();
                        // No name of ours is longer; such a section is none of ours.
                        if length == 0 || length as usize > SECTION_JSON.len() {
                            after(left, |left| Part::Skip { left })
                        } else {
                            Part::Name { left, name_left: length }
                        }
                    }
                }
            }
            Part::Name { left, name_left } => {
                // A byte that is not ASCII only has to make the name differ from ours.
                self.name.push(char::from(byte));
                let left = left - 1;
                if name_left > 1 {
                    Part::Name { left, name_left: name_left - 1 }
                } else {
                    self.section(left)?
                }
            }
            part @ (Part::Manifest { .. } | Part::Signature { .. } | Part::Skip { .. }) => part,
        })
    }

    /// What follows the name of a custom section with `left` bytes of content.
    fn section(&mut self, left: u32) -> Result<Part, ScanError> {
        let format = match self.name.as_str() {
            SECTION_CBOR => ManifestFormat::Cbor,
            SECTION_JSON => ManifestFormat::Json,
            SECTION_SIGNATURE => {
                if left as usize > SIGNATURE_MAX {
                    return Err(ScanError::SignatureTooLarge);
                }
                // The section's own head is not part of what it covers.
                let covered = self.hash.clone().finalize().into();
                let content = Vec::with_capacity(left as usize);
                self.signature = Some(SignatureSection { covered, content });
                return Ok(after(left, |left| Part::Signature { left }));
            }
            _ => return Ok(after(left, |left| Part::Skip { left })),
        };
        if self.manifest.is_some() {
            return Err(ScanError::TwoManifests);
        }
        if left as usize > MANIFEST_MAX {
            return Err(ScanError::ManifestTooLarge);
        }
        self.manifest = Some((format, Vec::with_capacity(left as usize)));
        Ok(after(left, |left| Part::Manifest { left }))
    }
}

fn after(left: u32, part: fn(u32) -> Part) -> Part {
    if left == 0 { Part::SectionId } else { part(left) }
}

/// Scans a module that is wholly in memory.
pub fn scan(bytes: &[u8]) -> Result<ModuleFacts, ScanError> {
    let mut scanner = Scanner::new();
    scanner.push(bytes)?;
    scanner.finish()
}

/// Appends a custom section to a module.
pub fn append_custom_section(module: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut body = Vec::with_capacity(content.len() + name.len() + 5);
    push_leb(&mut body, name.len() as u32);
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(content);
    module.push(ID_CUSTOM);
    push_leb(module, body.len() as u32);
    module.extend_from_slice(&body);
}

fn push_leb(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn module_with(sections: &[(&str, &[u8])]) -> Vec<u8> {
        let mut module = HEADER.to_vec();
        module.extend_from_slice(&[1, 4, 1, 0x60, 0, 0]);
        for (name, content) in sections {
            append_custom_section(&mut module, name, content);
        }
        module
    }

    #[test]
    fn finds_the_manifest_whatever_the_pieces() {
        let long = vec![7u8; 300];
        let module = module_with(&[
            ("name", &long),
            (SECTION_CBOR, b"\xa1\x00\x01"),
            ("a longer name here", b"x"),
        ]);
        for piece in 1..module.len() {
            let mut scanner = Scanner::new();
            for bytes in module.chunks(piece) {
                scanner.push(bytes).unwrap();
            }
            let facts = scanner.finish().unwrap();
            assert_eq!(facts.manifest, Some((ManifestFormat::Cbor, b"\xa1\x00\x01".to_vec())));
        }
    }

    #[test]
    fn every_truncation_is_seen() {
        let module = module_with(&[(SECTION_JSON, b"{}")]);
        let ends: &[usize] = &[8, 14];
        for length in 0..module.len() {
            let result = scan(&module[..length]);
            assert_eq!(result.is_ok(), ends.contains(&length), "{length}");
        }
        assert_eq!(scan(&module).unwrap().manifest.unwrap().0, ManifestFormat::Json);
    }

    #[test]
    fn refusals() {
        assert_eq!(scan(b""), Err(ScanError::NotWasm));
        assert_eq!(scan(b"#!/bin/sh"), Err(ScanError::NotWasm));
        assert_eq!(scan(b"\0asm\x02\0\0\0"), Err(ScanError::NotWasm));
        let two = module_with(&[(SECTION_CBOR, b"a"), (SECTION_JSON, b"b")]);
        assert_eq!(scan(&two), Err(ScanError::TwoManifests));
        let large = module_with(&[(SECTION_CBOR, &[0; MANIFEST_MAX + 1])]);
        assert_eq!(scan(&large), Err(ScanError::ManifestTooLarge));
        let mut start = module_with(&[]);
        start.extend_from_slice(&[8, 1, 0]);
        assert_eq!(scan(&start), Err(ScanError::StartSection));
        let mut unknown = module_with(&[]);
        unknown.push(99);
        assert_eq!(scan(&unknown), Err(ScanError::BadSection(14)));
        let mut name_past_section = module_with(&[]);
        name_past_section.extend_from_slice(&[0, 2, 9, b'x']);
        assert!(matches!(scan(&name_past_section), Err(ScanError::BadSection(_))));
        let mut endless_size = module_with(&[]);
        endless_size.extend_from_slice(&[1, 0xff, 0xff, 0xff, 0xff, 0x7f]);
        assert!(matches!(scan(&endless_size), Err(ScanError::BadSection(_))));
    }

    #[test]
    fn the_signature_covers_all_that_is_before_it() {
        let unsigned = module_with(&[("name", b"x"), (SECTION_CBOR, b"\xa0")]);
        let mut module = unsigned.clone();
        append_custom_section(&mut module, SECTION_SIGNATURE, b"signature");
        for piece in 1..module.len() {
            let mut scanner = Scanner::new();
            for bytes in module.chunks(piece) {
                scanner.push(bytes).unwrap();
            }
            let facts = scanner.finish().unwrap();
            let signature = facts.signature.unwrap();
            assert_eq!(signature.content, b"signature");
            assert_eq!(signature.covered[..], Sha256::digest(&unsigned)[..]);
            assert_eq!(facts.sha256[..], Sha256::digest(&module)[..]);
        }
        let facts = scan(&unsigned).unwrap();
        assert_eq!(facts.signature, None);
        assert_eq!(facts.sha256[..], Sha256::digest(&unsigned)[..]);
    }

    #[test]
    fn nothing_follows_the_signature() {
        let mut signed = module_with(&[]);
        append_custom_section(&mut signed, SECTION_SIGNATURE, b"s");
        for (name, content) in [(SECTION_SIGNATURE, b"s"), ("name", b"n"), (SECTION_CBOR, b"m")] {
            let mut more = signed.clone();
            append_custom_section(&mut more, name, content);
            assert_eq!(scan(&more), Err(ScanError::SignatureNotLast), "{name}");
        }
        let mut large = module_with(&[]);
        append_custom_section(&mut large, SECTION_SIGNATURE, &[0; SIGNATURE_MAX + 1]);
        assert_eq!(scan(&large), Err(ScanError::SignatureTooLarge));
        let empty = module_with(&[(SECTION_SIGNATURE, b"")]);
        assert_eq!(scan(&empty).unwrap().signature.unwrap().content, b"");
    }

    #[test]
    fn an_empty_manifest_section_is_found() {
        let module = module_with(&[(SECTION_CBOR, b"")]);
        assert_eq!(scan(&module).unwrap().manifest, Some((ManifestFormat::Cbor, vec![])));
    }

    proptest! {
        #[test]
        fn no_input_panics_and_pieces_do_not_matter(
            tail in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..200
        ) {
            let mut module = HEADER.to_vec();
            module.extend_from_slice(&tail);
            let whole = scan(&module);
            let cut = cut.min(module.len());
            let mut scanner = Scanner::new();
            let pieces = scanner.push(&module[..cut])
                .and_then(|()| scanner.push(&module[cut..]))
                .and_then(|()| scanner.finish());
            if let Ok(facts) = &whole {
                prop_assert_eq!(&facts.sha256[..], &Sha256::digest(&module)[..]);
            }
            prop_assert_eq!(whole, pieces);
        }
    }
}
