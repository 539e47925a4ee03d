// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The tokens: made on the device, shown once, stored only as digests. The admin token is made at the
//! first boot, the read token when an operator asks for one.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;

use akira_abi::Errno;
use akira_core::audit::Kind;
use akira_core::http::token::{TOKEN_BYTES, TokenDigest, Tokens, from_random, is_acceptable};
use akira_core::http::{Access, ApiError, Code, view};
use akira_core::log::Level;

use crate::platform::Platform;
use crate::runtime::{Runtime, StartError};

const ADMIN: &str = "/config/token";
const READ: &str = "/config/token.read";

fn path(access: Access) -> &'static str {
    match access {
        Access::Admin => ADMIN,
        Access::Read => READ,
    }
}

impl<P: Platform> Runtime<P> {
    /// Reads the tokens' digests; where there is no admin token, makes one and stores its digest.
    pub(crate) fn prepare_token(self: &Arc<Self>) -> Result<(), StartError> {
        let admin = match self.platform.provisioned_token() {
            Some(token) => self.store_given(token)?,
            None => match self.stored_token(ADMIN).map_err(StartError::Token)? {
                Some(digest) => digest,
                None => self.first_token()?,
            },
        };
        // Without the read token only those who look are kept out, and the admin token makes another.
        let read = self.stored_token(READ).unwrap_or_else(|errno| {
            let text = format!("the read token cannot be read and is no longer good: {errno}");
            self.platform.console(Level::Error, "akira", &text);
            None
        });
        self.security.lock().tokens = Tokens { admin: Some(admin), read };
        Ok(())
    }

    fn stored_token(&self, path: &str) -> Result<Option<TokenDigest>, Errno> {
        match self.read_small(path, 64) {
            // A digest of the wrong length is a damaged file. Taking it for "no token yet" would let
            // whoever damages it have a new token shown on the console, so the API stays shut.
            Ok(bytes) => TokenDigest::from_stored(&bytes).map(Some).ok_or(Errno::EIO),
            Err(Errno::ENOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    /// Makes `token` the admin token of the device that boots from this storage.
    pub fn provision_token(&self, token: &str) -> Result<(), StartError> {
        self.store_given(token).map(drop)
    }

    fn store_given(&self, token: &str) -> Result<TokenDigest, StartError> {
        if !is_acceptable(token) {
            return Err(StartError::BadToken);
        }
        let digest = TokenDigest::of(token);
        let stored = self.read_small(ADMIN, 64).ok();
        if stored.as_deref() != Some(digest.as_bytes()) {
            self.replace(ADMIN, digest.as_bytes()).map_err(StartError::Storage)?;
            self.platform.console(Level::Info, "akira", "admin token provisioned");
        }
        Ok(digest)
    }

    fn new_token(&self) -> Result<(String, TokenDigest), Errno> {
        let mut random = [0; TOKEN_BYTES];
        self.platform.random(&mut random)?;
        let token = from_random(&random);
        let digest = TokenDigest::of(&token);
        Ok((token, digest))
    }

    fn first_token(&self) -> Result<TokenDigest, StartError> {
        let (token, digest) = self.new_token().map_err(StartError::Token)?;
        // Before it is stored: a device whose power goes in between makes another one, and there is
        // never one that nobody has seen.
        let text = format!("admin token (shown once): {token}");
        self.platform.console(Level::Info, "akira", &text);
        self.replace(ADMIN, digest.as_bytes()).map_err(StartError::Storage)?;
        Ok(digest)
    }

    /// Makes a new token, which is told this once. The old one has ended when this returns.
    pub fn make_token(&self, access: Access) -> Result<view::Token, ApiError> {
        let (token, digest) =
            self.new_token().map_err(|errno| ApiError::storage("make a token", errno))?;
        self.replace(path(access), digest.as_bytes())
            .map_err(|errno| ApiError::storage("store the token", errno))?;
        self.put_token(access, Some(digest));
        self.audit(Kind::Config, None, &format!("a new {} token was made", access.name()));
        Ok(view::Token { token })
    }

    /// Ends the read token.
    pub fn remove_read_token(&self) -> Result<(), ApiError> {
        match self.platform.remove(READ) {
            Ok(()) => {}
            Err(Errno::ENOENT) => {
                return Err(ApiError::new(Code::NotFound, "There is no read token."));
            }
            Err(errno) => return Err(ApiError::storage("remove the token", errno)),
        }
        self.put_token(Access::Read, None);
        self.audit(Kind::Config, None, "the read token has ended");
        Ok(())
    }

    fn put_token(&self, access: Access, digest: Option<TokenDigest>) {
        let mut security = self.security.lock();
        match access {
            Access::Admin => security.tokens.admin = digest,
            Access::Read => security.tokens.read = digest,
        }
        // Nobody knows any more which token a ticket was made with.
        security.tickets.clear();
        security.token_changes = security.token_changes.wrapping_add(1);
    }
}
