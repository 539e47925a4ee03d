// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Putting a manifest into a module.

use akira_core::manifest::{Draft, Manifest};
use akira_core::module::{
    MANIFEST_MAX, ManifestFormat, SECTION_CBOR, SECTION_JSON, SECTION_SIGNATURE,
    append_custom_section,
};
use wasmparser::{Parser, Payload};

use crate::error::{CliError, Result};

/// A manifest in the form in which it is embedded.
pub struct Embedded {
    format: ManifestFormat,
    bytes: Vec<u8>,
    /// The same after all checks.
    pub manifest: Manifest,
}

impl Embedded {
    /// From an `app.toml`.
    pub fn from_draft(draft: &Draft, manifest: Manifest) -> Result<Self> {
        let bad = |error| CliError::local("bad_manifest", format!("{error}"));
        let bytes = draft.to_cbor().map_err(bad)?;
        Self { format: ManifestFormat::Cbor, bytes, manifest }.fits()
    }

    /// From AkiraOS's JSON form, which is kept as it is.
    pub fn from_json(bytes: Vec<u8>) -> Result<Self> {
        let manifest = Manifest::read(ManifestFormat::Json, &bytes)
            .map_err(|error| CliError::local("bad_manifest", error.to_string()))?;
        Self { format: ManifestFormat::Json, bytes, manifest }.fits()
    }

    fn fits(self) -> Result<Self> {
        if self.bytes.len() <= MANIFEST_MAX {
            return Ok(self);
        }
        let message =
            format!("The manifest is larger than {MANIFEST_MAX} bytes. Shorten its texts.");
        Err(CliError::local("bad_manifest", message))
    }
}

/// The module with this manifest and no other, and without a signature, which was about another app.
pub fn embed(module: &[u8], manifest: &Embedded) -> Result<Vec<u8>> {
    let mut out = without_sections(module, &[SECTION_CBOR, SECTION_JSON, SECTION_SIGNATURE])?;
    let name = match manifest.format {
        ManifestFormat::Cbor => SECTION_CBOR,
        ManifestFormat::Json => SECTION_JSON,
    };
    append_custom_section(&mut out, name, &manifest.bytes);
    Ok(out)
}

/// The module without the custom sections of these names.
pub(super) fn without_sections(module: &[u8], names: &[&str]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(module.len() + 256);
    // Everything up to here is copied or left out. A section's range starts after its head (the
    // id and the size), so each section is taken from the end of the one before.
    let mut done = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|error| bad_module(&error))?;
        let end = match &payload {
            Payload::Version { range, .. } => range.end,
            // What has no section of its own lies inside one whose range was told before.
            other => match other.as_section() {
                Some((_, range)) => range.end,
                None => continue,
            },
        };
        let end = usize::try_from(end).unwrap_or(module.len());
        let goes = matches!(
            &payload,
            Payload::CustomSection(section) if names.contains(&section.name())
        );
        // A custom section is told before it is seen to lead past the end.
        let section = module.get(done..end).ok_or_else(|| {
            CliError::local("bad_module", "The module ends in the middle of a section.")
        })?;
        if !goes {
            out.extend_from_slice(section);
        }
        done = end;
    }
    Ok(out)
}

pub(super) fn bad_module(error: &wasmparser::BinaryReaderError) -> CliError {
    CliError::local(
        "bad_module",
        format!("This is no WebAssembly module that can be read: {error}."),
    )
}

#[cfg(test)]
mod tests {
    use akira_core::module::scan;

    use super::*;
    use crate::module::check::tests::SMALL;

    fn manifest(name: &str) -> Embedded {
        let draft =
            Draft { name: Some(name.into()), version: Some("1.0.0".into()), ..Draft::default() };
        let manifest = draft.clone().check().unwrap();
        Embedded::from_draft(&draft, manifest).unwrap()
    }

    fn name_in(module: &[u8]) -> String {
        let (format, bytes) = scan(module).unwrap().manifest.unwrap();
        Manifest::read(format, &bytes).unwrap().name.to_string()
    }

    #[test]
    fn a_second_manifest_replaces_the_first_and_nothing_else_changes() {
        let first = embed(SMALL, &manifest("first")).unwrap();
        assert_eq!(&first[..SMALL.len()], SMALL);
        assert_eq!(name_in(&first), "first");
        let json = br#"{"name":"second","version":"1.0.0"}"#.to_vec();
        let second = embed(&first, &Embedded::from_json(json).unwrap()).unwrap();
        assert_eq!(&second[..SMALL.len()], SMALL);
        assert_eq!(name_in(&second), "second");
        let third = embed(&second, &manifest("first")).unwrap();
        assert_eq!(third, first);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        let mut cut = embed(SMALL, &manifest("x")).unwrap();
        cut.pop();
        for bytes in [&b""[..], b"hello", b"\0asm\x02\0\0\0", &SMALL[..SMALL.len() - 1], &cut] {
            assert_eq!(embed(bytes, &manifest("x")).unwrap_err().code, "bad_module");
        }
    }
}
