// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What an operator sets of the device itself: its name, whose web pages may use it, and the
//! certificate for TLS.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use akira_abi::Errno;
use akira_core::audit::Kind;
use akira_core::config::{DeviceConfig, HostName, RECORD_MAX};
use akira_core::http::origin::Origin;
use akira_core::http::request::PEM_MAX;
use akira_core::http::{ApiError, Code, request, view};
use akira_core::log::Level;
use akira_core::{hex, pem};

use crate::platform::Platform;
use crate::runtime::Runtime;

const DEVICE: &str = "/config/device";
const TLS: &str = "/config/tls.pem";

impl<P: Platform> Runtime<P> {
    /// Reads what was set. A device that nobody has named yet gets a name of its own, and keeps it.
    pub(crate) fn prepare_config(&self) {
        let stored = self.read_small(DEVICE, RECORD_MAX);
        let config = match stored.as_deref().map(DeviceConfig::decode) {
            Ok(Some(config)) => config,
            other => {
                let config = self.first_config();
                let told = match other {
                    Ok(_) => Some("its settings are damaged; they are as at the first boot".into()),
                    Err(Errno::ENOENT) => None,
                    Err(errno) => Some(format!("its settings cannot be read: {errno}")),
                };
                let unwritten = self
                    .replace(DEVICE, &config.encode())
                    .err()
                    .map(|errno| format!("its settings could not be stored: {errno}"));
                for text in told.into_iter().chain(unwritten) {
                    self.platform.console(Level::Error, "akira", &text);
                }
                config
            }
        };
        self.security.lock().config = Some(config);
    }

    fn first_config(&self) -> DeviceConfig {
        let mut random = [0; 3];
        // A name is no secret: without randomness it is just not the only one of its kind.
        let _ = self.platform.random(&mut random);
        DeviceConfig { name: HostName::from_random(random), allowed_origins: Vec::new() }
    }

    /// What the device is called in the network.
    pub fn device_name(&self) -> String {
        let security = self.security.lock();
        security.config.as_ref().map_or_else(|| "akira".into(), |c| c.name.as_str().into())
    }

    /// What is set.
    pub fn config_view(&self) -> view::Config {
        // Not while the lock is held, because it reads the storage.
        let certificate = self.tls_pem().and_then(|pem| pem::identity(&pem).ok());
        let name = self.device_name();
        let security = self.security.lock();
        let origins = security.config.as_ref().map_or(&[][..], |config| &config.allowed_origins);
        view::Config {
            name,
            allowed_origins: origins.iter().map(Origin::as_str).map(ToString::to_string).collect(),
            read_token: security.tokens.read.is_some(),
            tls: view::Tls {
                enabled: self.speaks_tls.load(Ordering::Relaxed),
                certificate_sha256: certificate.map(|id| hex::encode(&id.certificate_sha256)),
            },
        }
    }

    /// Sets the name and the origins.
    pub fn set_config(&self, config: DeviceConfig) -> Result<view::Config, ApiError> {
        if self.security.lock().config.as_ref() != Some(&config) {
            self.replace(DEVICE, &config.encode())
                .map_err(|errno| ApiError::storage("store the settings", errno))?;
            let origins = config.allowed_origins.len();
            let text = format!("name {}, {origins} allowed origins", config.name.as_str());
            self.security.lock().config = Some(config);
            self.audit(Kind::Config, None, &text);
        }
        Ok(self.config_view())
    }

    /// Sets the name and the origins from their JSON.
    pub(crate) fn set_config_json(&self, body: &[u8]) -> Result<(), ApiError> {
        self.set_config(request::config(body)?).map(drop)
    }

    /// The certificates and the private key that are stored for TLS, in PEM.
    pub fn tls_pem(&self) -> Option<Vec<u8>> {
        self.read_small(TLS, PEM_MAX).ok()
    }

    /// Stores certificates and a private key in PEM. They are used from the next boot on.
    pub fn store_tls_pem(&self, text: &[u8]) -> Result<view::Config, ApiError> {
        let identity = pem::identity(text).map_err(|what| {
            let text = format!("This is no certificate chain with its private key in PEM. {what}");
            ApiError::new(Code::BadConfig, text)
        })?;
        if text.len() > PEM_MAX {
            return Err(request::too_large(PEM_MAX));
        }
        self.replace(TLS, text)
            .map_err(|errno| ApiError::storage("store the certificate", errno))?;
        let fingerprint = hex::encode(&identity.certificate_sha256[..8]);
        self.audit(Kind::Config, None, &format!("the certificate {fingerprint} is stored"));
        Ok(self.config_view())
    }

    /// Forgets certificates and private key. That there are none is no error.
    pub fn remove_tls_pem(&self) -> Result<view::Config, ApiError> {
        match self.platform.remove(TLS) {
            Ok(()) => self.audit(Kind::Config, None, "the certificate was removed"),
            Err(Errno::ENOENT) => {}
            Err(errno) => return Err(ApiError::storage("remove the certificate", errno)),
        }
        Ok(self.config_view())
    }

    /// Told by a server that it speaks TLS.
    pub fn note_tls(&self) {
        self.speaks_tls.store(true, Ordering::Relaxed);
    }
}
