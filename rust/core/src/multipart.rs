// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The one file in a `multipart/form-data` body (RFC 7578, RFC 2046), while it streams in.
//!
//! The file is the content of the first part that has a file name; all else is passed over. Nothing
//! is kept but the boundary and one header line, whatever the body's size, and the file's bytes are
//! handed on where they lie.

use core::fmt;

/// Longest boundary in bytes (RFC 2046, 5.1.1).
pub const BOUNDARY_MAX: usize = 70;

/// Longest header line of a part, in bytes.
pub const LINE_MAX: usize = 512;

/// Most bytes of all header lines of a part.
const HEADERS_MAX: usize = 4096;

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultipartError {
    /// The media type is not `multipart/form-data` with a boundary.
    MediaType,
    /// A boundary is followed by what cannot be there.
    Boundary,
    /// A part's headers are too long.
    Headers,
    /// The body ends within a part.
    Truncated,
    /// No part has a file name.
    NoFile,
}

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MultipartError::MediaType => {
                "The body must be multipart/form-data with a boundary. Send the file as a form \
                 does: `curl -F file=@app.wasm`."
            }
            MultipartError::Boundary => "The form is malformed at a boundary. Send it again.",
            MultipartError::Headers => {
                "A part of the form has headers that are too long. Shorten the file's name."
            }
            MultipartError::Truncated => "The form breaks off in the middle. Send it again.",
            MultipartError::NoFile => {
                "The form has no file in it. Send one as a part with a file name: `curl -F \
                 file=@app.wasm`."
            }
        })
    }
}

impl core::error::Error for MultipartError {}

/// What a form's body begins its lines with before a boundary.
const LEAD: &[u8; 4] = b"\r\n--";

/// Where in the body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In content, with so many bytes of a delimiter seen. The first delimiter needs no line before
    /// it, so a body begins as if one had been seen.
    Content(usize),
    /// Behind a boundary.
    Boundary,
    /// Behind a boundary and one `-`.
    Dash,
    /// Behind a boundary and blanks.
    Padding,
    /// Behind a boundary's carriage return.
    Line,
    /// In a header line.
    Header,
    /// Behind the last boundary.
    Epilogue,
}

/// Whose content comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// None of interest.
    Other,
    /// The file.
    File,
}

/// Takes a body apart.
#[derive(Debug)]
pub struct Parser {
    delimiter: heapless::Vec<u8, { LEAD.len() + BOUNDARY_MAX }>,
    place: Place,
    part: Part,
    line: heapless::Vec<u8, LINE_MAX>,
    headers: usize,
    /// The part whose headers come has a file name.
    named: bool,
    /// The file has come whole.
    done: bool,
}

impl Parser {
    /// A parser for a body of this media type, which is the value of `Content-Type`.
    pub fn new(media_type: &str) -> Result<Self, MultipartError> {
        let boundary = boundary(media_type).ok_or(MultipartError::MediaType)?;
        let mut delimiter = heapless::Vec::new();
        // Its length was looked at.
        let _ = delimiter.extend_from_slice(LEAD);
        let _ = delimiter.extend_from_slice(boundary.as_bytes());
        Ok(Self {
            delimiter,
            place: Place::Content(2),
            part: Part::Other,
            line: heapless::Vec::new(),
            headers: 0,
            named: false,
            done: false,
        })
    }

    /// Takes the next bytes of the body and gives `file` those that are the file's. What it refuses
    /// ends the parse.
    pub fn push<E: From<MultipartError>>(
        &mut self,
        mut bytes: &[u8],
        mut file: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(first) = bytes.first() {
            let taken = match self.place {
                Place::Content(0) => {
                    // No boundary begins but with a carriage return.
                    let end = memchr::memchr(b'\r', bytes);
                    self.give(&bytes[..end.unwrap_or(bytes.len())], &mut file)?;
                    self.place = Place::Content(usize::from(end.is_some()));
                    end.map_or(bytes.len(), |end| end + 1)
                }
                Place::Content(seen) => {
                    if *first == self.delimiter[seen] {
                        self.seen(seen + 1);
                        1
                    } else {
                        // Only the first byte of a delimiter is a carriage return, so what was held
                        // back holds no other beginning of one.
                        let held = self.delimiter.clone();
                        self.place = Place::Content(0);
                        self.give(&held[..seen], &mut file)?;
                        0
                    }
                }
                Place::Epilogue => bytes.len(),
                _ => {
                    self.byte(*first)?;
                    1
                }
            };
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// The body has ended.
    pub fn finish(self) -> Result<(), MultipartError> {
        match (self.done, self.place) {
            (true, _) => Ok(()),
            (false, Place::Epilogue) => Err(MultipartError::NoFile),
            (false, _) => Err(MultipartError::Truncated),
        }
    }

    /// Whether the file has come whole. What follows it does not matter.
    pub fn is_done(&self) -> bool {
        self.done
    }

    fn give<E>(
        &self,
        bytes: &[u8],
        file: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        // Before the first boundary there is no part yet, and none after the last.
        if self.part == Part::File && !bytes.is_empty() { file(bytes) } else { Ok(()) }
    }

    /// So many bytes of a delimiter have been seen.
    fn seen(&mut self, count: usize) {
        self.place = if count == self.delimiter.len() {
            self.done |= self.part == Part::File;
            (self.part, self.headers, self.named) = (Part::Other, 0, false);
            Place::Boundary
        } else {
            Place::Content(count)
        };
    }

    /// Takes a byte that is no content.
    fn byte(&mut self, byte: u8) -> Result<(), MultipartError> {
        self.place = match (self.place, byte) {
            (Place::Boundary, b'-') => Place::Dash,
            (Place::Dash, b'-') => Place::Epilogue,
            (Place::Boundary | Place::Padding, b' ' | b'\t') => Place::Padding,
            (Place::Boundary | Place::Padding, b'\r') => Place::Line,
            (Place::Line, b'\n') => {
                self.line.clear();
                Place::Header
            }
            (Place::Header, b'\n') => self.header(),
            (Place::Header, byte) => {
                self.headers += 1;
                if self.headers > HEADERS_MAX || self.line.push(byte).is_err() {
                    return Err(MultipartError::Headers);
                }
                Place::Header
            }
            _ => return Err(MultipartError::Boundary),
        };
        Ok(())
    }

    /// A header line has ended.
    fn header(&mut self) -> Place {
        while self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if self.line.is_empty() {
            // Only the first file counts.
            self.part = if self.named && !self.done { Part::File } else { Part::Other };
            return Place::Content(0);
        }
        self.named |= has_filename(&self.line);
        self.line.clear();
        Place::Header
    }
}

/// The boundary in a media type.
fn boundary(media_type: &str) -> Option<&str> {
    let (kind, mut rest) = media_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    loop {
        let (name, value) = rest.split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => match value.find(';') {
                Some(end) => value.split_at(end),
                None => (value, ""),
            },
        };
        if name.trim().eq_ignore_ascii_case("boundary") {
            let value = value.trim_end();
            let good = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&b);
            let fits = (1..=BOUNDARY_MAX).contains(&value.len()) && value.bytes().all(good);
            return fits.then_some(value);
        }
        rest = after.trim_start().strip_prefix(';')?;
    }
}

/// Whether a header line says that its part is a file.
fn has_filename(line: &[u8]) -> bool {
    const NAME: &[u8] = b"content-disposition:";
    let Some((name, value)) = line.split_at_checked(NAME.len()) else { return false };
    if !name.eq_ignore_ascii_case(NAME) {
        return false;
    }
    // Parameters are apart by semicolons; one within quotes is part of a value.
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    for (at, byte) in value.iter().chain(b";").enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                let parameter = value[start..at].trim_ascii_start();
                let known: [&[u8]; 2] = [b"filename=", b"filename*="];
                if known.iter().any(|known| {
                    parameter.get(..known.len()).is_some_and(|p| p.eq_ignore_ascii_case(known))
                }) {
                    return true;
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use alloc::{format, vec};

    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=cut-here";

    /// The file in a body that comes in these pieces.
    fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, MultipartError> {
        let (mut parser, mut file) = (Parser::new(TYPE)?, Vec::new());
        for piece in pieces {
            parser.push(piece, |bytes| {
                file.extend_from_slice(bytes);
                Ok::<_, MultipartError>(())
            })?;
        }
        parser.finish().map(|()| file)
    }

    fn form(content: &[u8]) -> Vec<u8> {
        let mut form = b"a preamble\r\n--cut-here\r\nContent-Disposition: form-data; name=\"note\"\
            \r\n\r\nfilename=\"x\"\r\n--cut-here  \r\ncontent-type: application/wasm\r\n\
            CONTENT-disposition: form-data; name=\"a;b\\\"\"; FileName=\"app.wasm\"\r\n\r\n"
            .to_vec();
        form.extend_from_slice(content);
        form.extend_from_slice(
            b"\r\n--cut-here\r\nContent-Disposition: form-data; name=x; filename=second\r\n\r\n\
              no\r\n--cut-here--\r\nan epilogue --cut-here",
        );
        form
    }

    /// Contents that look like boundaries.
    const TRICKY: &[u8] =
        b"\r\n--cut-her\r\r\n--cut-\r\n-\r\n\r\n--cut-herE\r\n --cut-here\r\n--\r";

    #[test]
    fn the_file_is_found_wherever_the_body_is_split() {
        let form = form(TRICKY);
        assert_eq!(parse([&form[..]]).unwrap(), TRICKY);
        for at in 0..=form.len() {
            let (left, right) = form.split_at(at);
            assert_eq!(parse([left, right]).unwrap(), TRICKY, "split at {at}");
        }
        for size in 1..=form.len() {
            assert_eq!(parse(form.chunks(size)).unwrap(), TRICKY, "pieces of {size}");
        }
    }

    #[test]
    fn what_curl_and_browsers_send() {
        let body = "--cut-here\r\nContent-Disposition: form-data; name=\"file\"; \
            filename=\"app.wasm\"\r\nContent-Type: application/octet-stream\r\n\r\n\0asm\
            \r\n--cut-here--\r\n";
        assert_eq!(parse([body.as_bytes()]).unwrap(), b"\0asm");
        let empty = body.replace("\0asm", "");
        assert_eq!(parse([empty.as_bytes()]).unwrap(), b"");
        let extended = body.replace("filename=\"app.wasm\"", "filename*=UTF-8''%e2%82%ac.wasm");
        assert_eq!(parse([extended.as_bytes()]).unwrap(), b"\0asm");
        let no_file = body.replace("; filename=\"app.wasm\"", "");
        assert_eq!(parse([no_file.as_bytes()]), Err(MultipartError::NoFile));
        let quoted = body.replace("; filename=\"app.wasm\"", "; x=\"; filename=\\\"y\\\"\"");
        assert_eq!(parse([quoted.as_bytes()]), Err(MultipartError::NoFile));
    }

    #[test]
    fn every_truncation_before_the_file_ends_is_seen() {
        let form = form(b"PAYLOAD");
        let end =
            form.windows(7).position(|w| w == b"PAYLOAD").unwrap() + 7 + "\r\n--cut-here".len();
        for length in 0..form.len() {
            assert_eq!(parse([&form[..length]]).is_ok(), length >= end, "{length}");
        }
    }

    #[test]
    fn refusals() {
        let long = format!("--cut-here\r\nX: {}\r\n\r\n", "x".repeat(LINE_MAX));
        assert_eq!(parse([long.as_bytes()]), Err(MultipartError::Headers));
        let many = format!("--cut-here\r\n{}\r\n", "X: y\r\n".repeat(HEADERS_MAX));
        assert_eq!(parse([many.as_bytes()]), Err(MultipartError::Headers));
        assert_eq!(parse([&b"--cut-here!\r\n"[..]]), Err(MultipartError::Boundary));
        assert_eq!(parse([&b"--cut-here-\r\n"[..]]), Err(MultipartError::Boundary));
        assert_eq!(parse([&b"--cut-here--"[..]]), Err(MultipartError::NoFile));
        assert_eq!(parse([&b"no form at all"[..]]), Err(MultipartError::Truncated));
        assert_eq!(parse([]), Err(MultipartError::Truncated));
    }

    #[test]
    fn boundaries() {
        let long = "b".repeat(BOUNDARY_MAX);
        for (media_type, expected) in [
            ("multipart/form-data; boundary=x", "x"),
            ("Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b\" ; q=1", "a b"),
            ("multipart/form-data; q=\"boundary=no\"; boundary=----WebKit0", "----WebKit0"),
            (&format!("multipart/form-data; boundary={long}"), &long),
        ] {
            assert_eq!(boundary(media_type), Some(expected), "{media_type}");
        }
        for bad in [
            "",
            "multipart/form-data",
            "multipart/form-data;",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\"x",
            "multipart/form-data; boundary=a\r\nb",
            "multipart/mixed; boundary=x",
            "application/json",
            &format!("multipart/form-data; boundary={long}b"),
        ] {
            assert!(Parser::new(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_content_comes_out_as_it_went_in(
            content in proptest::collection::vec(
                prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), Just(b'c'), any::<u8>()], 0..300),
            size in 1usize..64,
        ) {
            let has_one = content.windows(12).any(|w| w == b"\r\n--cut-here");
            prop_assume!(!has_one);
            prop_assert_eq!(parse(form(&content).chunks(size)), Ok(content));
        }

        #[test]
        fn no_body_upsets_it_and_pieces_make_no_difference(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "\r\n--cut-here", "--", "\r\n", "\r", " ", "x\"\\;", "\r\n\r\n",
                "Content-Disposition: form-data; filename=a",
            ]), 0..24),
            size in 1usize..20,
        ) {
            let body = parts.concat();
            let body = body.as_bytes();
            prop_assert_eq!(parse([body]), parse(body.chunks(size)));
        }

        #[test]
        fn no_media_type_upsets_it(text in "[ -~]{0,90}") {
            let _ = Parser::new(&text);
            let _ = Parser::new(&format!("multipart/form-data;{text}"));
        }
    }
}
