// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Who may use the HTTP API: tokens, the wait after wrong ones, tickets, and which web pages may send
//! requests.

use alloc::borrow::Cow;
use alloc::format;

use akira_core::audit::Kind;
use akira_core::http::origin::Origin;
use akira_core::http::ticket::{LIFE_MS, TICKET_BYTES};
use akira_core::http::{Access, ApiError, Code, Peer, view};

use crate::http::Head;
use crate::platform::Platform;
use crate::runtime::Runtime;
use crate::security::Security;

/// Headers that a page of another origin may send and read.
const CORS_SENDS: &str = "Authorization, Content-Type, If-None-Match";
const CORS_READS: &str = "ETag, Retry-After";

/// How long a browser may rely on what a preflight said, in seconds.
const CORS_AGE: &str = "600";

/// A header of an answer.
pub(crate) type Header = (&'static str, Cow<'static, str>);

impl<P: Platform> Runtime<P> {
    /// Refuses what a web page sends that may not use the device. Returns the page's origin where it
    /// may although it is not the device's own.
    pub(crate) fn check_origin(&self, head: &Head<'_>) -> Result<Option<Origin>, ApiError> {
        let Some(text) = head.origin else { return Ok(None) };
        let origin = Origin::parse(text);
        if let (Some(origin), Some(host)) = (&origin, head.host)
            && origin.is_of(host, head.secure)
        {
            return Ok(None);
        }
        let allowed = origin.filter(|origin| {
            let security = self.security.lock();
            security.config.as_ref().is_some_and(|config| config.allowed_origins.contains(origin))
        });
        allowed.map(Some).ok_or_else(|| {
            ApiError::new(
                Code::ForbiddenOrigin,
                "Web pages of this origin may not use the device. If they shall, name the origin in \
                 `allowed_origins` with PUT /api/v1/config.",
            )
        })
    }

    /// Finds out what the sender of a request may do; refuses who may do nothing.
    pub(crate) fn admit(&self, head: &Head<'_>) -> Result<Access, ApiError> {
        // Nobody guesses by sending nothing.
        let authorization = head.authorization.ok_or_else(unauthorized)?;
        let access = self.look(head.peer, |security, _| security.tokens.access(authorization))?;
        access.ok_or_else(|| {
            self.audit(Kind::Login, None, "a request with a wrong token");
            unauthorized()
        })
    }

    /// Looks at what somebody presents, unless too much of it was wrong before.
    fn look(
        &self,
        peer: Peer,
        find: impl FnOnce(&mut Security, u64) -> Option<Access>,
    ) -> Result<Option<Access>, ApiError> {
        let now = self.platform.uptime_ms();
        let mut security = self.security.lock();
        let looked = match security.attempts.wait(peer, now) {
            Some(seconds) => Err(too_many_attempts(seconds)),
            None => Ok(find(&mut security, now)),
        };
        match &looked {
            Ok(Some(Access::Admin)) => security.attempts.right(peer, now),
            Ok(Some(Access::Read)) => security.attempts.seen(peer, now),
            Ok(None) => security.attempts.wrong(peer, now),
            Err(_) => {}
        }
        if !matches!(looked, Ok(Some(_))) {
            self.counters.login_failed();
        }
        looked
    }

    /// Refuses a token that is not the admin token, for what carries requests of its own kind.
    pub fn admit_admin(&self, token: &str, peer: Peer) -> Result<(), ApiError> {
        let authorization = format!("Bearer {token}");
        let head = Head { authorization: Some(&authorization), peer, ..Head::new("", "") };
        match self.admit(&head)? {
            Access::Admin => Ok(()),
            Access::Read => Err(forbidden()),
        }
    }

    /// Whether the event stream may be opened with that ticket, which is good no more after this.
    /// Wrong tickets count as wrong tokens do.
    fn admit_ticket(&self, head: &Head<'_>, ticket: &str) -> Result<(), ApiError> {
        let redeem = |security: &mut Security, now| {
            security.tickets.redeem(ticket, now).then_some(Access::Read)
        };
        self.look(head.peer, redeem)?.map(drop).ok_or_else(|| {
            self.audit(Kind::Login, None, "an event stream with a wrong ticket");
            ApiError::new(
                Code::Unauthorized,
                "The ticket is wrong, was used, or is older than 30 seconds. Get a new one with POST \
                 /api/v1/events/ticket.",
            )
        })
    }

    /// Refuses to open an event stream for who may not: by its page, its token or its ticket.
    pub(crate) fn admit_stream(&self, head: &Head<'_>, query: &str) -> Result<(), ApiError> {
        self.check_origin(head)?;
        let ticket = query.split('&').find_map(|pair| pair.strip_prefix("ticket="));
        match (head.authorization, ticket) {
            (None, Some(ticket)) => self.admit_ticket(head, ticket),
            _ => self.admit(head).map(drop),
        }
    }

    /// Makes a ticket for the event stream.
    pub(crate) fn make_ticket(&self) -> Result<view::Ticket, ApiError> {
        let mut random = [0; TICKET_BYTES];
        self.platform
            .random(&mut random)
            .map_err(|errno| ApiError::storage("make a ticket", errno))?;
        let now = self.platform.uptime_ms();
        let ticket = self.security.lock().tickets.issue(&random, now);
        Ok(view::Ticket { ticket, expires_in_s: LIFE_MS / 1000 })
    }

    /// How often a token has been made or has ended since boot. Who keeps a connection open that a
    /// token opened closes it when this changes.
    pub(crate) fn token_changes(&self) -> u32 {
        self.security.lock().token_changes
    }
}

/// What a read token is not for.
pub(crate) fn forbidden() -> ApiError {
    ApiError::new(Code::Forbidden, "The read token may only look. Send the admin token for this.")
}

/// The headers that let a page of `origin` read an answer.
pub(crate) fn cors(origin: &Origin) -> [Header; 3] {
    [
        ("Access-Control-Allow-Origin", Cow::Owned(origin.as_str().into())),
        ("Access-Control-Expose-Headers", CORS_READS.into()),
        ("Vary", "Origin".into()),
    ]
}

/// The headers that answer a browser's question whether a page may send a request.
pub(crate) fn preflight() -> [Header; 3] {
    [
        ("Access-Control-Allow-Methods", "GET, PUT, POST, DELETE".into()),
        ("Access-Control-Allow-Headers", CORS_SENDS.into()),
        ("Access-Control-Max-Age", CORS_AGE.into()),
    ]
}

fn unauthorized() -> ApiError {
    ApiError::new(
        Code::Unauthorized,
        "The token is missing or wrong. Send it as `Authorization: Bearer <token>`; the device showed \
         the admin token on its console at its first boot.",
    )
}

fn too_many_attempts(seconds: u32) -> ApiError {
    let text = format!(
        "Too many wrong tokens came from you, so none is looked at now. Wait {seconds} s, then send \
         the right one; the device showed the admin token on its console at its first boot."
    );
    let mut error = ApiError::new(Code::TooManyAttempts, text);
    error.retry_after_s = Some(seconds);
    error
}
