// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Whom the device trusts: the keys that may sign apps, and what a module's signature is worth.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use akira_abi::Errno;
use akira_core::audit::Kind;
use akira_core::config::DeviceConfig;
use akira_core::hex;
use akira_core::http::attempts::Attempts;
use akira_core::http::ticket::Tickets;
use akira_core::http::token::Tokens;
use akira_core::http::{ApiError, Code, view};
use akira_core::log::Level;
use akira_core::module::{SignatureSection, scan};
use akira_core::name::AppName;
use akira_core::registry::Record;
use akira_core::signature::{SignatureError, SignaturePolicy, Signer, Verdict, judge, may_start};
use akira_core::trust::{PublicKey, RECORD_BYTES, TrustStore, TrustedKey};

use crate::platform::Platform;
use crate::runtime::Runtime;

/// Where the trusted keys are.
const KEYS: &str = "/config/keys";

/// What is behind the one lock about trust.
pub(crate) struct Security {
    pub(crate) tokens: Tokens,
    /// How often a token was made or ended.
    pub(crate) token_changes: u32,
    pub(crate) attempts: Attempts,
    pub(crate) tickets: Tickets,
    /// What an operator has set; `None` before the boot has read it.
    pub(crate) config: Option<DeviceConfig>,
    trusted: TrustStore,
}

impl Security {
    pub(crate) const fn new() -> Self {
        Self {
            tokens: Tokens::none(),
            token_changes: 0,
            attempts: Attempts::new(),
            tickets: Tickets::new(),
            config: None,
            trusted: TrustStore::new(),
        }
    }
}

fn key_path(name: &AppName) -> alloc::string::String {
    format!("{KEYS}/{name}")
}

impl<P: Platform> Runtime<P> {
    /// Reads the trusted keys. One that cannot be read is told and not trusted.
    pub(crate) fn read_keys(&self) -> Result<(), Errno> {
        if let Err(errno) = self.platform.mkdir(KEYS) {
            // Then there is no key; a storage that is full must not keep the device from booting.
            let text = format!("no key can be trusted: {errno}");
            self.platform.console(Level::Error, "akira", &text);
            return Ok(());
        }
        let mut trusted = TrustStore::new();
        for file in self.names(KEYS)? {
            let Ok(name) = file.parse::<AppName>() else {
                // What a power cut left of a key that was being stored.
                self.platform.remove(&format!("{KEYS}/{file}"))?;
                continue;
            };
            let key = self
                .read_small(&key_path(&name), RECORD_BYTES)
                .ok()
                .and_then(|record| TrustedKey::decode(name, &record));
            let taken = key.is_some_and(|key| trusted.put(key).is_ok());
            if !taken {
                let text = format!("the key {file} cannot be read and is not trusted");
                self.platform.console(Level::Error, "akira", &text);
                self.audit(Kind::Keys, None, &text);
            }
        }
        self.security.lock().trusted = trusted;
        Ok(())
    }

    /// What a module's signature is worth: who signed it, if that is to be recorded. `Err` refuses
    /// the module.
    pub(crate) fn check_signature(
        &self,
        name: &AppName,
        section: Option<&SignatureSection>,
    ) -> Result<Option<Signer>, SignatureError> {
        let verdict = judge(self.signatures, section, &self.security.lock().trusted)?;
        Ok(match verdict {
            Verdict::NotLooked => None,
            Verdict::Signed(signer) => Some(signer),
            Verdict::Warned(error) => {
                let text = format!("{name} is taken although: {error}");
                self.platform.console(Level::Error, "akira", &text);
                self.audit(Kind::Signature, Some(name), &format!("taken although: {error}"));
                None
            }
        })
    }

    /// Refuses to start an app whose signer is not trusted.
    pub(crate) fn check_signer(&self, record: &Record) -> Result<(), SignatureError> {
        may_start(self.signatures, record.signer.as_ref(), &self.security.lock().trusted)
    }

    /// Refuses to run a stored module that is not, byte for byte, what a trusted key has signed.
    /// Only where signatures are required: whoever can write to the flash can write a record too.
    pub(crate) fn check_stored(&self, bytes: &[u8]) -> Result<(), String> {
        if self.signatures != SignaturePolicy::Require {
            return Ok(());
        }
        let facts = scan(bytes).map_err(|error| format!("its file is damaged: {error}"))?;
        match judge(self.signatures, facts.signature.as_ref(), &self.security.lock().trusted) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("its file on the device cannot be trusted: {error}")),
        }
    }

    /// The trusted keys and what they are for.
    pub(crate) fn key_list(&self) -> view::Keys {
        let security = self.security.lock();
        let keys = security.trusted.keys().iter().map(view_key).collect();
        view::Keys { keys, policy: self.signatures.name() }
    }

    /// Trusts a key from now on. Returns it and whether its name is new.
    pub fn trust_key(
        self: &Arc<Self>,
        name: AppName,
        key: PublicKey,
    ) -> Result<(view::Key, bool), ApiError> {
        let new = TrustedKey { name, key };
        let known = {
            let security = self.security.lock();
            security.trusted.check(&new)?;
            security.trusted.find(&new.name).cloned()
        };
        let view = view_key(&new);
        if known.as_ref() != Some(&new) {
            self.platform
                .mkdir(KEYS)
                .and_then(|()| self.replace(&key_path(&new.name), &new.encode()))
                .map_err(|errno| ApiError::storage("store the key", errno))?;
            let fingerprint = &view.fingerprint[..16];
            let text = format!("the key {} ({fingerprint}) is trusted", new.name);
            self.security.lock().trusted.put(new)?;
            self.audit(Kind::Keys, None, &text);
        }
        Ok((view, known.is_none()))
    }

    /// Trusts a key no longer. Returns what it was.
    pub(crate) fn untrust_key(&self, name: &AppName) -> Result<view::Key, ApiError> {
        let known = self.security.lock().trusted.find(name).map(view_key);
        let view = known.ok_or_else(|| {
            let text = format!("There is no key named {name}. `akira keys` lists those there are.");
            ApiError::new(Code::NotFound, text)
        })?;
        match self.platform.remove(&key_path(name)) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(errno) => return Err(ApiError::storage("remove the key", errno)),
        }
        self.security.lock().trusted.remove(name);
        self.audit(Kind::Keys, None, &format!("the key {name} is no longer trusted"));
        Ok(view)
    }
}

fn view_key(trusted: &TrustedKey) -> view::Key {
    view::Key {
        name: trusted.name.to_string(),
        fingerprint: hex::encode(&trusted.key.fingerprint()),
    }
}
