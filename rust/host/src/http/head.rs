// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The head of a request, as the runtime takes it.

use std::net::SocketAddr;

use akira_core::http::Peer;
use akira_runtime::http::Head;
use hyper::header::{self, HeaderName};
use hyper::http::request::Parts;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    /// Its address.
    pub(super) address: SocketAddr,
    /// Whether the connection is encrypted.
    pub(super) secure: bool,
}

/// What a request says of itself.
pub(super) fn head(parts: &Parts, content_length: Option<u64>, client: Client) -> Head<'_> {
    Head {
        // None when there are several, which would be a guess.
        authorization: field(parts, header::AUTHORIZATION).unwrap_or_default(),
        content_length,
        host: field(parts, header::HOST).unwrap_or_default(),
        // An origin that cannot be told is one that nobody allowed.
        origin: field(parts, header::ORIGIN).unwrap_or(Some("")),
        content_type: field(parts, header::CONTENT_TYPE).unwrap_or_default(),
        if_none_match: field(parts, header::IF_NONE_MATCH).unwrap_or_default(),
        peer: Peer::ip(client.address.ip()),
        secure: client.secure,
        ..Head::new(
            parts.method.as_str(),
            parts.uri.path_and_query().map_or("", |path| path.as_str()),
        )
    }
}

/// There are several fields of that name, or it is not text.
pub(super) struct Unclear;

/// The value of the one field of that name, if there is one.
pub(super) fn field(parts: &Parts, name: HeaderName) -> Result<Option<&str>, Unclear> {
    let mut fields = parts.headers.get_all(name).iter();
    let Some(field) = fields.next() else { return Ok(None) };
    match (field.to_str(), fields.next()) {
        (Ok(text), None) => Ok(Some(text)),
        _ => Err(Unclear),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unclear_gives_nothing_and_an_unclear_origin_is_a_foreign_one() {
        let client = Client { address: ([192, 0, 2, 7], 1).into(), secure: true };
        let request = |fields: &[(&str, &str)]| {
            let mut request = hyper::Request::builder().uri("/api/v1/apps?x=1");
            for (name, value) in fields {
                request = request.header(*name, *value);
            }
            request.body(()).unwrap().into_parts().0
        };
        let parts = request(&[("host", "a"), ("origin", "https://b"), ("authorization", "c")]);
        let told = head(&parts, Some(3), client);
        assert_eq!((told.method, told.path), ("GET", "/api/v1/apps?x=1"));
        assert_eq!((told.host, told.origin), (Some("a"), Some("https://b")));
        assert_eq!((told.authorization, told.content_length), (Some("c"), Some(3)));
        assert!(told.secure && told.peer == Peer::ip([192, 0, 2, 7].into()));

        let parts = request(&[
            ("host", "a"),
            ("host", "b"),
            ("origin", "https://a"),
            ("origin", "https://b"),
            ("authorization", "c"),
            ("authorization", "c"),
        ]);
        let told = head(&parts, None, client);
        assert_eq!((told.host, told.origin, told.authorization), (None, Some(""), None));
        assert_eq!(head(&request(&[]), None, client).origin, None);
    }
}
