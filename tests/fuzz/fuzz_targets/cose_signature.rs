// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Signatures: what is read is written the same way again, and only what the key has made, to the
//! byte, makes an app signed. Whatever the policy, a forged or altered one is refused.

#![no_main]

use std::sync::LazyLock;

use akira_core::cose::Sign1;
use akira_core::module::SignatureSection;
use akira_core::signature::{SignaturePolicy, Verdict, judge};
use akira_core::trust::TrustStore;
use akira_fuzz::signing::{COVERED, signature, store};
use libfuzzer_sys::fuzz_target;

static STORE: LazyLock<TrustStore> = LazyLock::new(store);
static GOOD: LazyLock<Vec<u8>> = LazyLock::new(signature);

fuzz_target!(|data: &[u8]| {
    let read = Sign1::decode(data);
    if let Some(sign1) = &read {
        assert_eq!(sign1.encode(), data, "there is one way to write a signature");
    }
    let section = SignatureSection { covered: COVERED, content: data.to_vec() };
    for policy in SignaturePolicy::ALL {
        let verdict = judge(policy, Some(&section), &STORE);
        let signed = matches!(verdict, Ok(Verdict::Signed(_)));
        assert_eq!(signed, policy != SignaturePolicy::Off && data == *GOOD, "{verdict:?}");
        let sound = read.as_ref().is_some_and(|sign1| sign1.payload == COVERED);
        assert!(sound || verdict.is_err(), "taken though it is about something else");
        if policy == SignaturePolicy::Require {
            assert!(signed || verdict.is_err());
        }
    }
});
