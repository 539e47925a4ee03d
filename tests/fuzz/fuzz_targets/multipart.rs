// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Forms. The input is a line with the media type, then the body; the first byte says how the body is
//! cut into pieces, and no cut may change what comes out.

#![no_main]

use akira_core::multipart::{MultipartError, Parser};
use libfuzzer_sys::fuzz_target;

fn parse(media_type: &str, body: &[u8], piece: usize) -> Result<Vec<u8>, MultipartError> {
    let mut parser = Parser::new(media_type)?;
    let mut file = Vec::new();
    for piece in body.chunks(piece) {
        parser.push(piece, |bytes| {
            assert!(!bytes.is_empty());
            file.extend_from_slice(bytes);
            Ok::<_, MultipartError>(())
        })?;
    }
    parser.finish().map(|()| file)
}

fuzz_target!(|data: &[u8]| {
    let Some((&piece, rest)) = data.split_first() else { return };
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let Ok(media_type) = std::str::from_utf8(&rest[..end]) else { return };
    let body = rest.get(end + 1..).unwrap_or_default();
    let whole = parse(media_type, body, body.len().max(1));
    assert_eq!(whole, parse(media_type, body, usize::from(piece).max(1)));
    if let Ok(file) = whole {
        assert!(file.is_empty() || body.windows(file.len()).any(|window| window == file));
    }
});
