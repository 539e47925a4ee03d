// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What the query of a request's target says.

use alloc::format;

use akira_abi::{CapSet, Capability};

use super::error::{ApiError, Code};
use crate::hex;

/// A SHA-256.
pub type Sha256 = [u8; 32];

/// How an app is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the operator withholds of what the manifest asks for.
    pub denied: CapSet,
    /// What the module's SHA-256 must be.
    pub sha256: Option<Sha256>,
}

impl Default for Options {
    fn default() -> Self {
        Self { denied: CapSet::EMPTY, sha256: None }
    }
}

/// The query of an install. A misspelt one must not go unseen, so nothing else may be in it.
pub fn install(query: &str) -> Result<Options, ApiError> {
    let mut options = Options::default();
    for pair in pairs(query) {
        if let Some(names) = pair.strip_prefix("deny=") {
            options.denied = deny(names, options.denied)?;
        } else if let Some(digits) = pair.strip_prefix("sha256=") {
            options.sha256 = Some(digest(digits)?);
        } else {
            return Err(ApiError::new(
                Code::BadRequest,
                "An install knows only the queries `deny=`, with capabilities that are withheld, \
                 and `sha256=`, with the module's SHA-256.",
            ));
        }
    }
    Ok(options)
}

/// The query of a body that is stored: `sha256=`, and nothing else.
pub fn sha256(query: &str) -> Result<Option<Sha256>, ApiError> {
    let mut found = None;
    for pair in pairs(query) {
        let digits = pair.strip_prefix("sha256=").ok_or_else(|| {
            ApiError::new(
                Code::BadRequest,
                "This path knows only the query `sha256=`, with the body's SHA-256.",
            )
        })?;
        found = Some(digest(digits)?);
    }
    Ok(found)
}

/// Where a firmware image goes on, and what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The SHA-256 of the whole file.
    pub sha256: Option<Sha256>,
    /// How many of its bytes the device has from before; the body is the rest.
    pub offset: u32,
}

/// The query of a firmware image: `sha256=` and `offset=`, and nothing else.
pub fn image(query: &str) -> Result<Image, ApiError> {
    let mut image = Image::default();
    let bad = |text: &'static str| ApiError::new(Code::BadRequest, text);
    for pair in pairs(query) {
        if let Some(digits) = pair.strip_prefix("sha256=") {
            image.sha256 = Some(digest(digits)?);
        } else if let Some(number) = pair.strip_prefix("offset=") {
            image.offset = number
                .parse()
                .map_err(|_| bad("`offset` must be a number of bytes, 0 to 4294967295."))?;
        } else {
            return Err(bad(
                "An upload of firmware knows only the queries `sha256=`, with the file's SHA-256, \
                 and `offset=`, where to go on with an upload that broke off.",
            ));
        }
    }
    if image.offset > 0 && image.sha256.is_none() {
        return Err(bad(
            "To go on with an upload, say by `sha256=` which file it is, as when it began.",
        ));
    }
    Ok(image)
}

/// The record to begin at; 0 when the query names none.
pub fn since(query: &str) -> Result<u32, ApiError> {
    let mut since = 0;
    for value in pairs(query).filter_map(|pair| pair.strip_prefix("since=")) {
        since = value.parse().map_err(|_| {
            ApiError::new(
                Code::BadRequest,
                "`since` must be the number of a record, 0 to 4294967295.",
            )
        })?;
    }
    Ok(since)
}

fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

fn deny(names: &str, mut denied: CapSet) -> Result<CapSet, ApiError> {
    // Clients may escape the comma (RFC 3986, 2.2).
    let names = names.replace("%2C", ",").replace("%2c", ",");
    for name in names.split(',').filter(|name| !name.is_empty()) {
        denied = denied.with(Capability::from_name(name).ok_or_else(|| {
            let known = Capability::ALL.map(Capability::name).join(", ");
            ApiError::new(
                Code::BadRequest,
                format!("`deny` names an unknown capability. Known are {known}."),
            )
        })?);
    }
    Ok(denied)
}

fn digest(digits: &str) -> Result<Sha256, ApiError> {
    hex::decode(digits).ok_or_else(|| {
        ApiError::new(Code::BadRequest, "`sha256` must be a SHA-256 in 64 hexadecimal digits.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_may_go_on_if_it_says_what_it_is() {
        let digits = "07".repeat(32);
        assert_eq!(image(""), Ok(Image::default()));
        assert_eq!(image("offset=0"), Ok(Image::default()));
        let known = Image { sha256: Some([7; 32]), offset: 4096 };
        assert_eq!(image(&format!("sha256={digits}&offset=4096")), Ok(known));
        assert_eq!(image(&format!("offset=4096&sha256={digits}")), Ok(known));
        for bad in ["offset=4096", "offset=-1", "offset=4294967296", "offset=", "x=1", "sha256=07"]
        {
            assert_eq!(image(bad).unwrap_err().code, Code::BadRequest, "{bad}");
        }
    }

    #[test]
    fn what_an_operator_withholds() {
        let two = CapSet::EMPTY.with(Capability::Rf).with(Capability::FsWrite);
        for query in ["deny=rf,fs_write", "deny=rf%2Cfs_write", "deny=rf&deny=fs_write,"] {
            assert_eq!(install(query).unwrap().denied, two, "{query}");
        }
        for query in ["deny=root", "deny=*", "dney=rf", "deny", "x"] {
            assert_eq!(install(query).unwrap_err().code, Code::BadRequest);
        }
    }

    #[test]
    fn what_a_body_must_be() {
        let digits = "0aFf".repeat(16);
        let options = install(&format!("sha256={digits}&deny=rf")).unwrap();
        assert_eq!(options.sha256.unwrap()[..2], [0x0a, 0xff]);
        assert!(options.denied.has(Capability::Rf));
        assert_eq!(sha256(&format!("sha256={digits}")), Ok(options.sha256));
        assert_eq!(sha256(""), Ok(None));
        for query in ["sha256=", "sha256=0a", "sha265=0a", "deny=rf"] {
            assert_eq!(sha256(query).unwrap_err().code, Code::BadRequest, "{query}");
        }
    }

    #[test]
    fn where_to_begin() {
        assert_eq!(since("x=1&since=7"), Ok(7));
        assert_eq!(since(""), Ok(0));
        assert_eq!(since("since=-1").unwrap_err().code, Code::BadRequest);
    }
}
