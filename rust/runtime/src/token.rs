// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The admin token: made at the first boot, shown once, stored only as a digest.

use alloc::format;
use alloc::sync::Arc;

use akira_abi::Errno;
use akira_core::http::token::{TOKEN_BYTES, TokenDigest, from_random, is_acceptable};
use akira_core::log::Level;

use crate::platform::Platform;
use crate::runtime::{Runtime, StartError};

const PATH: &str = "/config/token";

impl<P: Platform> Runtime<P> {
    /// Reads the token's digest; where there is none, makes a token and stores its digest.
    pub(crate) fn prepare_token(self: &Arc<Self>) -> Result<(), StartError> {
        let digest = match self.platform.provisioned_token() {
            Some(token) => self.provision(token)?,
            None => match self.stored_token().map_err(StartError::Token)? {
                Some(digest) => digest,
                None => self.make_token()?,
            },
        };
        self.security.lock().token = Some(digest);
        Ok(())
    }

    fn stored_token(&self) -> Result<Option<TokenDigest>, Errno> {
        match self.read_small(PATH, 64) {
            // A digest of the wrong length is a damaged file. Taking it for "no token yet" would let
            // whoever damages it have a new token shown on the console, so the API stays shut.
            Ok(bytes) => TokenDigest::from_stored(&bytes).map(Some).ok_or(Errno::EIO),
            Err(Errno::ENOENT) => Ok(None),
            Err(errno) => Err(errno),
        }
    }

    fn provision(&self, token: &str) -> Result<TokenDigest, StartError> {
        if !is_acceptable(token) {
            return Err(StartError::BadToken);
        }
        let digest = TokenDigest::of(token);
        let stored = self.read_small(PATH, 64).ok();
        if stored.as_deref() != Some(digest.as_bytes()) {
            self.replace(PATH, digest.as_bytes()).map_err(StartError::Storage)?;
            self.platform.console(Level::Info, "akira", "admin token provisioned");
        }
        Ok(digest)
    }

    fn make_token(&self) -> Result<TokenDigest, StartError> {
        let mut random = [0; TOKEN_BYTES];
        self.platform.random(&mut random).map_err(StartError::Token)?;
        let token = from_random(&random);
        let digest = TokenDigest::of(&token);
        self.replace(PATH, digest.as_bytes()).map_err(StartError::Storage)?;
        let text = format!("admin token (shown once): {token}");
        self.platform.console(Level::Info, "akira", &text);
        Ok(digest)
    }
}
