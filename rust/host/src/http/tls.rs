// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's certificate and key.
//!
//! A device that is to speak TLS and has no certificate makes one that it signs itself. Nobody
//! vouches for that one: who connects compares its SHA-256 with what the console said, or trusts the
//! certificate itself.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use akira_core::hex;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use rcgen::{KeyUsagePurpose, SanType, date_time_ymd};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// Why a certificate cannot be used.
#[derive(Debug)]
pub enum TlsError {
    /// What is stored holds no certificate, or none that can be read.
    NoCertificate,
    /// What is stored holds no private key, or none that can be read.
    NoKey,
    /// Certificate and key do not belong together, or are of a kind that is not supported.
    Unusable(rustls::Error),
    /// No certificate could be made.
    Make(rcgen::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("it holds no certificate in PEM"),
            Self::NoKey => f.write_str("it holds no private key in PEM that is not encrypted"),
            Self::Unusable(error) => error.fmt(f),
            Self::Make(error) => write!(f, "none could be made: {error}"),
        }
    }
}

impl std::error::Error for TlsError {}

/// A certificate chain and its key, ready to serve with.
pub struct Identity {
    /// Answers clients.
    pub acceptor: TlsAcceptor,
    /// The SHA-256 of the device's own certificate, in hex.
    pub sha256: String,
}

impl Identity {
    /// Reads a chain, the device's own certificate first, and its private key.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsError::NoCertificate)?;
        let own = chain.first().ok_or(TlsError::NoCertificate)?;
        let sha256 = hex::encode(&Sha256::digest(own));
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| TlsError::NoKey)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .map_err(TlsError::Unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), sha256 })
    }
}

/// A new key and a certificate for it, signed with it, in PEM: for `name`, for this machine under its
/// usual names, and for `address`.
pub fn self_signed(name: &str, address: IpAddr) -> Result<String, TlsError> {
    let key = KeyPair::generate().map_err(TlsError::Make)?;
    let names = vec![name.to_owned(), format!("{name}.local"), "localhost".to_owned()];
    let mut params = CertificateParams::new(names).map_err(TlsError::Make)?;
    let mut addresses = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    if !address.is_unspecified() && !addresses.contains(&address) {
        addresses.push(address);
    }
    params.subject_alt_names.extend(addresses.into_iter().map(SanType::IpAddress));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // A device need not know the date, and nobody could renew the certificate for it.
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 12, 31);
    let certificate = params.self_signed(&key).map_err(TlsError::Make)?;
    Ok(certificate.pem() + &key.serialize_pem())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_our_own_serves_and_every_one_is_another() {
        let pem = || self_signed("akira-1", [192, 0, 2, 7].into()).unwrap();
        let (one, two) = (pem(), pem());
        let [one_id, two_id] = [&one, &two].map(|pem| Identity::from_pem(pem.as_bytes()).unwrap());
        assert_eq!(one_id.sha256.len(), 64);
        assert_ne!(one_id.sha256, two_id.sha256);
        assert_eq!(Identity::from_pem(one.as_bytes()).unwrap().sha256, one_id.sha256);
        assert!(one.len() < 8 * 1024, "{}", one.len());
    }

    #[test]
    fn what_is_no_identity_is_refused_with_a_reason() {
        let pem = || self_signed("akira", Ipv4Addr::LOCALHOST.into()).unwrap();
        let (one, two) = (pem(), pem());
        let key = one.find("-----BEGIN PRIVATE KEY").unwrap();
        let other_key = &two[two.find("-----BEGIN PRIVATE KEY").unwrap()..];
        for (pem, reason) in [
            (String::new(), "no certificate"),
            ("text".to_owned(), "no certificate"),
            (one[..key].to_owned(), "no private key"),
            (one[key..].to_owned(), "no certificate"),
            (one.replacen("MII", "!!!", 1), "no certificate"),
            (one[..key].to_owned() + other_key, "key"),
        ] {
            let error = Identity::from_pem(pem.as_bytes()).map(drop).unwrap_err().to_string();
            assert!(error.to_lowercase().contains(reason), "{error}: {pem}");
        }
    }
}
