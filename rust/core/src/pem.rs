// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A certificate and its key in PEM (RFC 7468), looked at before they are stored. Whether the key is
//! the certificate's and whether its kind is known is found out by who serves TLS with them.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// What is in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// SHA-256 of the first certificate, by which people compare certificates.
    pub certificate_sha256: [u8; 32],
}

/// Reads one to four certificates and one private key, in either order. `Err` says what is wrong.
pub fn identity(text: &[u8]) -> Result<Identity, &'static str> {
    let mut text = core::str::from_utf8(text).map_err(|_| "PEM is text, and this is none.")?;
    let (mut certificates, mut keys, mut first) = (0, 0, None);
    while let Some(start) = text.find(BEGIN) {
        let (label, rest) =
            text[start + BEGIN.len()..].split_once(DASHES).ok_or("A block has no label.")?;
        let (inner, rest) = rest.split_once(END).ok_or("A block has no end.")?;
        text = rest
            .strip_prefix(label)
            .and_then(|rest| rest.strip_prefix(DASHES))
            .ok_or("A block does not end with the label that it began with.")?;
        match label {
            "CERTIFICATE" => {
                certificates += 1;
                let der = base64(inner).ok_or("A certificate is no Base64.")?;
                first.get_or_insert_with(|| Sha256::digest(der).into());
            }
            "PRIVATE KEY" | "EC PRIVATE KEY" | "RSA PRIVATE KEY" => {
                if inner.contains("ENCRYPTED") {
                    return Err("The private key is encrypted; the device could not read it.");
                }
                keys += 1;
                base64(inner).ok_or("The private key is no Base64.")?;
            }
            "ENCRYPTED PRIVATE KEY" => {
                return Err("The private key is encrypted; the device could not read it.");
            }
            // `openssl ecparam` writes these beside the key; they say nothing that the key does not.
            "EC PARAMETERS" => {}
            _ => return Err("Only certificates and a private key may be in it."),
        }
    }
    match (first, certificates, keys) {
        (Some(certificate_sha256), 1..=4, 1) => Ok(Identity { certificate_sha256 }),
        (None, ..) => Err("There is no certificate in it."),
        (_, 5.., _) => Err("There may be at most four certificates in it."),
        _ => Err("There must be one private key in it."),
    }
}

/// The bytes of Base64 with line ends (RFC 4648, 4); `None` when it is none, or nothing.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits, mut padding) = (0u32, 0, 0);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace()) {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        buffer = buffer << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    // What is left over must be what the padding says, and zero.
    let whole = matches!((bits, padding), (0, 0) | (4, 2) | (2, 1)) && buffer == 0;
    (whole && !bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    fn block(label: &str, inner: &str) -> String {
        format!("-----BEGIN {label}-----\n{inner}\n-----END {label}-----\n")
    }

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(base64("TWFu").unwrap(), b"Man");
        assert_eq!(base64("TW\r\nE=").unwrap(), b"Ma");
        assert_eq!(base64(" TQ==\n").unwrap(), b"M");
        for bad in ["", "=", "T", "TQ", "TQ=", "TR==", "TWF=", "T=Q=", "TWFu====", "TW_u", "TWE"] {
            assert_eq!(base64(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_chain_and_one_key() {
        let (certificate, key) = (block("CERTIFICATE", "TWFu"), block("PRIVATE KEY", "TQ=="));
        let sha256: [u8; 32] = Sha256::digest(b"Man").into();
        let second = block("CERTIFICATE", "TWE=");
        for text in [
            format!("{certificate}{key}"),
            format!("{key}{certificate}{second}"),
            format!("subject=me\n{certificate}\r\n{}{}", block("EC PARAMETERS", "TQ=="), key),
        ] {
            assert_eq!(identity(text.as_bytes()).unwrap().certificate_sha256, sha256, "{text}");
        }
        for text in [
            String::new(),
            certificate.clone(),
            key.clone(),
            format!("{certificate}{key}{key}"),
            format!("{}{key}", certificate.repeat(5)),
            format!("{certificate}{}", block("ENCRYPTED PRIVATE KEY", "TQ==")),
            format!("{certificate}{}", block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\nTQ==")),
            format!("{certificate}{}", block("PUBLIC KEY", "TQ==")),
            format!("{key}{}", block("CERTIFICATE", "-")),
            format!("{key}{}", certificate.replace("END CERTIFICATE", "END PRIVATE KEY")),
            format!("{key}-----BEGIN CERTIFICATE-----\nTWFu\n"),
            format!("{key}-----BEGIN CERTIFICATE"),
        ] {
            assert!(identity(text.as_bytes()).is_err(), "{text}");
        }
        assert!(identity(b"\xff").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(-----BEGIN |-----END |CERTIFICATE|-----|[A-Za-z=\n ]){0,20}") {
            let _ = identity(text.as_bytes());
        }
    }
}
