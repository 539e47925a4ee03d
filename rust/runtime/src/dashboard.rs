// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The page for browsers. It is one file with its script and style inside, compressed, and comes with
//! a policy by which a browser runs nothing else and asks nobody else. `dashboard/` has the sources.

use alloc::format;
use alloc::string::String;

use akira_core::http::validator;

use crate::http::{Body, Reply};

/// The page, gzip-compressed.
static PAGE: &[u8] = include_bytes!("../assets/dashboard.html.gz");

/// The `Content-Security-Policy` that lets just this page's script and style run.
const POLICY: &str = include_str!("../assets/dashboard.csp").trim_ascii();

/// Bytes of the page that are handed over at once.
const PIECE: usize = 2048;

/// FNV-1a with 64 bits over the page: another page has another tag.
const TAG: u64 = {
    let (mut hash, mut at) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while at < PAGE.len() {
        hash = (hash ^ PAGE[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
};

/// The page, or that the browser has it already.
pub(crate) fn page(if_none_match: Option<&str>) -> Reply {
    let tag: String = format!("\"{TAG:016x}\"");
    if if_none_match.is_some_and(|header| validator::names(header, &tag)) {
        return Reply::empty(304).with("ETag", tag).with("Cache-Control", "no-cache");
    }
    let mut pieces = PAGE.chunks(PIECE);
    let body = Body::sized(PAGE.len(), move || pieces.next().map(<[u8]>::to_vec));
    Reply::new(200, "text/html; charset=utf-8", body)
        .with("Content-Encoding", "gzip")
        .with("ETag", tag)
        .with("Cache-Control", "no-cache")
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
        reply.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    #[test]
    fn the_page_is_sent_once() {
        let reply = page(None);
        assert_eq!(reply.status, 200);
        assert_eq!(header(&reply, "Cache-Control"), Some("no-cache"));
        assert_eq!(header(&reply, "X-Content-Type-Options"), Some("nosniff"));
        let policy = header(&reply, "Content-Security-Policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let tag = String::from(header(&reply, "ETag").unwrap());
        let body = reply.body.read_all();
        assert_eq!(body, PAGE);
        assert_eq!(body[..2], [0x1f, 0x8b]);
        let again = page(Some(&tag));
        assert_eq!((again.status, again.body.read_all().len()), (304, 0));
        assert_eq!(page(Some("\"other\"")).status, 200);
    }
}
