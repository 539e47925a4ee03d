// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Which certificates of `https://` devices are good.
//!
//! Devices seldom have a certificate that an authority of this machine vouches for. So it can be
//! vouched for by a file, or the certificate itself can be pinned by its SHA-256; and whatever is
//! refused is remembered, so that the error can say how to pin it.

use std::sync::{Arc, Mutex, PoisonError};

use akira_core::hex;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use sha2::{Digest, Sha256};

use super::target::Trust;
use crate::error::{CliError, Result};

/// A certificate that was not taken.
#[derive(Clone, Debug)]
pub struct Refused {
    pub fingerprint: [u8; 32],
    why: String,
}

/// How connections are secured, and what was refused lately.
#[derive(Clone)]
pub struct Tls {
    pub config: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
}

impl Tls {
    pub fn new(trust: &Trust) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        if let Some(file) = &trust.ca_file {
            let unusable = |why: &dyn std::fmt::Display| {
                CliError::local("bad_certificate", format!("{}: {why}.", file.display()))
            };
            let certificates = CertificateDer::pem_file_iter(file)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| unusable(&error))?;
            for certificate in certificates {
                roots.add(certificate).map_err(|error| unusable(&error))?;
            }
            if roots.is_empty() {
                return Err(unusable(&"there is no certificate in PEM in it"));
            }
        } else if trust.fingerprint.is_none() {
            // What cannot be read there vouches for nobody, which is safe.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        let usual = if roots.is_empty() {
            None
        } else {
            let builder =
                WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone());
            Some(builder.build().map_err(|error| {
                CliError::local("bad_certificate", format!("The certificates to trust: {error}."))
            })?)
        };
        let verifier = Arc::new(Verifier {
            pinned: trust.fingerprint,
            usual,
            provider: provider.clone(),
            refused: Mutex::new(None),
        });
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| CliError::local("tls", format!("TLS cannot be used: {error}.")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone())
            .with_no_client_auth();
        Ok(Self { config: Arc::new(config), verifier })
    }

    /// The error for a certificate that was refused since the last call.
    pub fn refusal(&self, address: &str) -> Option<CliError> {
        let refused = self.verifier.refused().take()?;
        let fingerprint = hex::encode(&refused.fingerprint);
        let message = format!(
            "The certificate of {address} is not trusted: {}. Its SHA-256 is {fingerprint}.",
            refused.why
        );
        let hint = if self.verifier.pinned.is_some() {
            "Either the device has a new certificate, or somebody is in between. Its console says \
             which SHA-256 it has."
                .to_owned()
        } else {
            format!(
                "If that is what the device's console says, pin it: --fingerprint {fingerprint}, or \
                 `fingerprint = \"{fingerprint}\"` for the device in the settings. Or name the \
                 certificates that vouch for it with --ca FILE."
            )
        };
        let mut error = CliError::unreachable(message).hint(hint);
        error.code = "untrusted_certificate".into();
        Some(error)
    }
}

#[derive(Debug)]
struct Verifier {
    pinned: Option<[u8; 32]>,
    usual: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    refused: Mutex<Option<Refused>>,
}

impl Verifier {
    fn refused(&self) -> std::sync::MutexGuard<'_, Option<Refused>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
        fingerprint: [u8; 32],
    ) -> Result<ServerCertVerified, Error> {
        let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        match (self.pinned, &self.usual) {
            // Whoever has the key of exactly this certificate is the device, whatever its names
            // and dates are.
            (Some(pinned), _) if pinned == fingerprint => Ok(ServerCertVerified::assertion()),
            (None, Some(usual)) => usual.verify_server_cert(end_entity, others, name, ocsp, now),
            _ => Err(unknown),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let fingerprint = Sha256::digest(end_entity).into();
        self.judge(end_entity, others, name, ocsp, now, fingerprint).inspect_err(|error| {
            let why = why(error, self.pinned.is_some());
            *self.refused() = Some(Refused { fingerprint, why });
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// A refusal in words.
fn why(error: &Error, pinned: bool) -> String {
    let Error::InvalidCertificate(error) = error else { return error.to_string() };
    match error {
        _ if pinned => "it is another one than the one that was pinned".to_owned(),
        CertificateError::UnknownIssuer => "nobody that is trusted vouches for it".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another name".to_owned()
        }
        CertificateError::BadSignature => "its signature is bad".to_owned(),
        other => other.to_string(),
    }
}
