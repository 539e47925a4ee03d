// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Signatures of apps: what a device makes of one.
//!
//! A signature is the last section of a module and covers every byte before it. One that cannot be
//! read, is about another module, or names a trusted key that did not make it is broken: that is
//! never only warned of.

use alloc::string::String;
use core::fmt;

use crate::cose::{KID, Sign1};
use crate::hex;
use crate::module::SignatureSection;
use crate::name::AppName;
use crate::trust::TrustStore;

/// What a device does about signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignaturePolicy {
    /// Nothing, except that a broken signature is refused.
    #[default]
    Off,
    /// Takes apps without a good one, and tells.
    Warn,
    /// Takes only apps that a trusted key has signed.
    Require,
}

impl SignaturePolicy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Off, Self::Warn, Self::Require];

    /// The name in answers and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Require => "require",
        }
    }

    /// The policy of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// The policy of that number, as Kconfig counts them. One that there is not requires.
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Off,
            1 => Self::Warn,
            _ => Self::Require,
        }
    }
}

/// Who signed an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// What the operator called the key when the app was installed.
    pub name: AppName,
    /// The key's fingerprint.
    pub fingerprint: [u8; 32],
}

/// What became of a signature that was no reason to refuse the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The device does not look at signatures.
    NotLooked,
    /// A trusted key signed it.
    Signed(Signer),
    /// It is taken although this is the matter.
    Warned(SignatureError),
}

/// Why a signature does not make an app trustworthy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// There is none.
    Unsigned,
    /// It is not in the one form that there is.
    Malformed,
    /// It is about other bytes than these.
    Altered,
    /// It names a key that is not trusted.
    UnknownKey([u8; KID]),
    /// It names a key that did not make it.
    Forged(AppName),
    /// The app's signer was trusted when it was installed, and is no longer.
    NoLongerTrusted(AppName),
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str(
                "The app has no signature that this device has checked, and it wants one. Sign the \
                 app with `akira sign` and a key that the device trusts, and install it again.",
            ),
            Self::Malformed => f.write_str(
                "The app's signature cannot be read. Sign the app again with `akira sign`.",
            ),
            Self::Altered => f.write_str(
                "The app was changed after it was signed. Get the file anew, or sign it again with \
                 `akira sign`.",
            ),
            Self::UnknownKey(kid) => {
                let kid: String = hex::encode(kid);
                write!(
                    f,
                    "The app is signed by a key that this device does not trust (key id {kid}). \
                     Have the key trusted with `akira trust`, or sign with one that is."
                )
            }
            Self::Forged(name) => write!(
                f,
                "The app's signature names the key {name}, which did not make it. Do not trust \
                 this file; get it anew, or sign it again with `akira sign`."
            ),
            Self::NoLongerTrusted(name) => write!(
                f,
                "The app is signed by {name}, a key that this device no longer trusts. Have the \
                 key trusted again with `akira trust`, or install the app signed by another one."
            ),
        }
    }
}

impl core::error::Error for SignatureError {}

/// What a device with this policy makes of a module's signature. `Err` refuses the module.
pub fn judge(
    policy: SignaturePolicy,
    section: Option<&SignatureSection>,
    trusted: &TrustStore,
) -> Result<Verdict, SignatureError> {
    let doubt = |error| match policy {
        SignaturePolicy::Require => Err(error),
        SignaturePolicy::Warn => Ok(Verdict::Warned(error)),
        SignaturePolicy::Off => Ok(Verdict::NotLooked),
    };
    let Some(section) = section else { return doubt(SignatureError::Unsigned) };
    let sign1 = Sign1::decode(&section.content).ok_or(SignatureError::Malformed)?;
    if sign1.payload != section.covered {
        return Err(SignatureError::Altered);
    }
    if policy == SignaturePolicy::Off {
        return Ok(Verdict::NotLooked);
    }
    let mut named = None;
    for candidate in trusted.with_kid(&sign1.kid) {
        if candidate.key.made(&sign1) {
            return Ok(Verdict::Signed(Signer {
                name: candidate.name.clone(),
                fingerprint: candidate.key.fingerprint(),
            }));
        }
        named = Some(candidate.name.clone());
    }
    match named {
        Some(name) => Err(SignatureError::Forged(name)),
        None => doubt(SignatureError::UnknownKey(sign1.kid)),
    }
}

/// Whether an installed app may start: where signatures are required, its signer must still be
/// trusted.
pub fn may_start(
    policy: SignaturePolicy,
    signer: Option<&Signer>,
    trusted: &TrustStore,
) -> Result<(), SignatureError> {
    match signer {
        _ if policy != SignaturePolicy::Require => Ok(()),
        None => Err(SignatureError::Unsigned),
        Some(signer) if trusted.find_fingerprint(&signer.fingerprint).is_some() => Ok(()),
        Some(signer) => Err(SignatureError::NoLongerTrusted(signer.name.clone())),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use ed25519_dalek::{Signer as _, SigningKey};
    use proptest::prelude::*;

    use super::*;
    use crate::module::{SECTION_CBOR, SECTION_SIGNATURE, ScanError, append_custom_section, scan};
    use crate::trust::{PublicKey, TrustedKey};

    fn signing_key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn public(seed: u8) -> PublicKey {
        PublicKey::from_bytes(signing_key(seed).verifying_key().as_bytes()).unwrap()
    }

    fn store(keys: &[(&str, u8)]) -> TrustStore {
        let mut store = TrustStore::new();
        for (name, seed) in keys {
            store.put(TrustedKey { name: name.parse().unwrap(), key: public(*seed) }).unwrap();
        }
        store
    }

    fn module() -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0".to_vec();
        append_custom_section(&mut module, SECTION_CBOR, b"\xa1\x00\x61x");
        module
    }

    /// `module` with a signature by the key of that seed, which names the key of the other one.
    fn signed_as(module: &[u8], seed: u8, named: u8) -> Vec<u8> {
        let payload = scan(module).unwrap().sha256;
        let kid = public(named).kid();
        let message = Sign1::to_be_signed(&kid, &payload);
        let signature = signing_key(seed).sign(&message).to_bytes();
        let mut out = module.to_vec();
        let content = Sign1 { kid, payload, signature }.encode();
        append_custom_section(&mut out, SECTION_SIGNATURE, &content);
        out
    }

    fn signed(module: &[u8], seed: u8) -> Vec<u8> {
        signed_as(module, seed, seed)
    }

    fn verdict(policy: SignaturePolicy, module: &[u8]) -> Result<Verdict, SignatureError> {
        let facts = scan(module).unwrap();
        judge(policy, facts.signature.as_ref(), &store(&[("alice", 1), ("bob", 2)]))
    }

    use SignaturePolicy::{Off, Require, Warn};

    #[test]
    fn a_trusted_signature_names_its_signer() {
        for policy in [Warn, Require] {
            let Ok(Verdict::Signed(signer)) = verdict(policy, &signed(&module(), 2)) else {
                panic!("not signed")
            };
            assert_eq!(signer.name.as_str(), "bob");
            assert_eq!(signer.fingerprint, public(2).fingerprint());
        }
        assert_eq!(verdict(Off, &signed(&module(), 2)), Ok(Verdict::NotLooked));
    }

    #[test]
    fn what_is_missing_or_unknown_depends_on_the_policy() {
        let unknown = signed(&module(), 3);
        let kid = public(3).kid();
        for (module, error) in
            [(module(), SignatureError::Unsigned), (unknown, SignatureError::UnknownKey(kid))]
        {
            assert_eq!(verdict(Require, &module), Err(error.clone()));
            assert_eq!(verdict(Warn, &module), Ok(Verdict::Warned(error)));
            assert_eq!(verdict(Off, &module), Ok(Verdict::NotLooked));
        }
    }

    #[test]
    fn what_is_broken_is_refused_whatever_the_policy() {
        let forged = signed_as(&module(), 3, 1);
        for policy in [Warn, Require] {
            let named = SignatureError::Forged("alice".parse().unwrap());
            assert_eq!(verdict(policy, &forged), Err(named));
        }
        let good = signed(&module(), 1);
        let mut other = module();
        append_custom_section(&mut other, "name", b"changed");
        let content = scan(&good).unwrap().signature.unwrap().content;
        append_custom_section(&mut other, SECTION_SIGNATURE, &content);
        let mut garbage = module();
        append_custom_section(&mut garbage, SECTION_SIGNATURE, b"garbage");
        for policy in SignaturePolicy::ALL {
            assert_eq!(verdict(policy, &other), Err(SignatureError::Altered));
            assert_eq!(verdict(policy, &garbage), Err(SignatureError::Malformed));
        }
    }

    #[test]
    fn no_bit_of_a_signed_module_can_change() {
        let good = signed(&module(), 1);
        assert!(verdict(Require, &good).is_ok());
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            if scan(&bad).is_ok() {
                assert!(verdict(Require, &bad).is_err(), "bit {bit}");
            }
        }
        for length in 0..good.len() {
            if scan(&good[..length]).is_ok() {
                let cut = verdict(Require, &good[..length]);
                assert_eq!(cut, Err(SignatureError::Unsigned), "{length}");
            }
        }
        let mut longer = good;
        append_custom_section(&mut longer, "name", b"");
        assert_eq!(scan(&longer), Err(ScanError::SignatureNotLast));
    }

    #[test]
    fn an_app_starts_while_its_signer_is_trusted() {
        let Ok(Verdict::Signed(signer)) = verdict(Require, &signed(&module(), 1)) else {
            panic!("not signed")
        };
        let (before, after) = (store(&[("alice", 1)]), store(&[("alice", 4)]));
        assert_eq!(may_start(Require, Some(&signer), &before), Ok(()));
        // Another key of the same name is another key; the same under another name is the same.
        let gone = SignatureError::NoLongerTrusted("alice".parse().unwrap());
        assert_eq!(may_start(Require, Some(&signer), &after), Err(gone));
        assert_eq!(may_start(Require, Some(&signer), &store(&[("al", 1)])), Ok(()));
        assert_eq!(may_start(Require, None, &before), Err(SignatureError::Unsigned));
        assert_eq!(may_start(Warn, None, &after), Ok(()));
        assert_eq!(may_start(Off, Some(&signer), &after), Ok(()));
    }

    #[test]
    fn policies_have_names_and_numbers() {
        for (number, policy) in SignaturePolicy::ALL.into_iter().enumerate() {
            assert_eq!(SignaturePolicy::from_name(policy.name()), Some(policy));
            assert_eq!(SignaturePolicy::from_number(number as u32), policy);
        }
        assert_eq!(SignaturePolicy::from_number(77), Require);
        assert_eq!(SignaturePolicy::from_name("maybe"), None);
    }

    proptest! {
        #[test]
        fn no_content_is_a_signature_by_chance(
            content in proptest::collection::vec(any::<u8>(), 0..200), tail in any::<[u8; 64]>()
        ) {
            let mut bad = module();
            append_custom_section(&mut bad, SECTION_SIGNATURE, &content);
            prop_assert_eq!(verdict(Off, &bad), Err(SignatureError::Malformed));
            let good = signed(&module(), 1);
            let mut forged = good[..good.len() - 64].to_vec();
            forged.extend(tail);
            prop_assert!(verdict(Require, &forged).is_err());
        }
    }
}
