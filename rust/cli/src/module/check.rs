// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a device would say to a module, as far as that can be told without one.
//!
//! The frame and the manifest go through the very code that runs on the device. The code inside is
//! validated by `wasmparser`, which is stricter than a device may be, never laxer.

use akira_abi::{Errno, env};
use akira_core::cose::Sign1;
use akira_core::hex;
use akira_core::http::ApiError;
use akira_core::manifest::Manifest;
use akira_core::module::{self, ManifestFormat, SignatureSection};
use akira_core::signature::{self, SignaturePolicy};
use akira_core::trust::TrustStore;
use serde::Serialize;
use wasmparser::Validator;

use super::facts::{FEATURES, Facts, Import};

/// Functions that WAMR calls while it makes an instance, before the app is watched.
const RUNS_UNWATCHED: [&str; 2] = ["__post_instantiate", "__wasm_call_ctors"];

/// Types that an entry point may have, in WAMR's letters.
const ENTRY_SIGNATURES: [&str; 4] = ["()", "()i", "(ii)", "(ii)i"];

/// A reason for which a device refuses the module, with the API's code for it.
#[derive(Debug, Serialize)]
pub struct Problem {
    pub code: &'static str,
    pub message: String,
}

/// What came out of the check.
#[derive(Debug)]
pub struct Report {
    pub facts: Option<Facts>,
    pub manifest: Option<Manifest>,
    /// The id of the key that is said to have signed it.
    pub key_id: Option<String>,
    /// Why a device refuses it; empty when it does not.
    pub problems: Vec<Problem>,
    /// What works, but is probably not meant.
    pub warnings: Vec<String>,
}

/// Checks a module.
pub fn check(module: &[u8]) -> Report {
    let mut report = Report {
        facts: None,
        manifest: None,
        key_id: None,
        problems: Vec::new(),
        warnings: Vec::new(),
    };
    if module.len() > akira_core::MODULE_MAX as usize {
        let most = akira_core::MODULE_MAX / 1024;
        report.refuse("too_large", format!("The module is larger than {most} KiB."));
    }
    report.frame(module);
    match Facts::read(module) {
        Ok(facts) => {
            let features = Validator::new_with_features(FEATURES).validate_all(module);
            if let Err(error) = features {
                report.refuse("bad_module", format!("The code is not valid: {error}."));
            }
            report.contents(&facts);
            report.facts = Some(facts);
        }
        // The scan of the frame has said it better.
        Err(_) if !report.problems.is_empty() => {}
        Err(error) => report.refuse("bad_module", error.message),
    }
    report
}

impl Report {
    fn refuse(&mut self, code: &'static str, message: String) {
        self.problems.push(Problem { code, message });
    }

    /// The frame and the manifest.
    fn frame(&mut self, bytes: &[u8]) {
        match module::scan(bytes) {
            Err(error) => {
                let error = ApiError::from(error);
                self.refuse(error.code.name(), error.message.into());
            }
            Ok(facts) => {
                self.signature(facts.signature.as_ref());
                self.read_manifest(facts.manifest);
            }
        }
    }

    /// What every device says to the signature, whomever it trusts.
    fn signature(&mut self, section: Option<&SignatureSection>) {
        let nobody = TrustStore::new();
        if let Err(error) = signature::judge(SignaturePolicy::Off, section, &nobody) {
            self.refuse("bad_signature", error.to_string());
        }
        let sign1 = section.and_then(|section| Sign1::decode(&section.content));
        self.key_id = sign1.map(|sign1| hex::encode(&sign1.kid));
    }

    fn read_manifest(&mut self, manifest: Option<(ManifestFormat, Vec<u8>)>) {
        match manifest {
            None => self.refuse(
                "no_manifest",
                "The module has no manifest. Add one with `akira pack`.".into(),
            ),
            Some((format, bytes)) => match Manifest::read(format, &bytes) {
                Ok(manifest) => self.manifest = Some(manifest),
                Err(error) => self.refuse("bad_manifest", error.to_string()),
            },
        }
    }

    /// Imports, exports and memory.
    fn contents(&mut self, facts: &Facts) {
        for import in facts.imports.iter().filter(|import| !import.known) {
            let Import { module, name, signature, .. } = import;
            let code = if signature.starts_with('(') { "unknown_import" } else { "bad_module" };
            self.refuse(code, format!("No device has {module}.{name} {signature} to import."));
        }
        for name in RUNS_UNWATCHED {
            if facts.exports.iter().any(|export| export.name == name) {
                self.refuse(
                    "bad_module",
                    format!(
                        "It exports {name}, which would run before the app is watched. Build it \
                         with `akira build`, or leave that export out."
                    ),
                );
            }
        }
        if let Some(manifest) = self.manifest.take() {
            self.entry(facts, manifest.entry.as_deref());
            self.compare(facts, &manifest);
            self.manifest = Some(manifest);
        }
    }

    /// The entry point: the function that the manifest names, else `_start`, then `main`.
    fn entry(&mut self, facts: &Facts, named: Option<&str>) {
        let export = |name: &str| facts.exports.iter().find(|export| export.name == name);
        let found = match named {
            Some(name) => export(name),
            None => export("_start").or_else(|| export("main")),
        };
        let name = named.unwrap_or("_start");
        match found {
            None => self.refuse(
                "bad_module",
                format!("It does not export the function {name}, where the app would start."),
            ),
            Some(export) if !ENTRY_SIGNATURES.contains(&export.signature.as_str()) => self.refuse(
                "bad_module",
                format!(
                    "The entry point {} must take no parameters (or argc and argv) and return \
                     nothing or an i32.",
                    export.name
                ),
            ),
            Some(_) => {}
        }
    }

    /// What the module does against what the manifest asks for.
    fn compare(&mut self, facts: &Facts, manifest: &Manifest) {
        for import in &facts.imports {
            let denied = manifest.capabilities.intersection(import.needs).is_empty();
            if denied && !import.needs.is_empty() {
                let denied = if import.module == env::MODULE { env::DENIED } else { Errno::EACCES };
                self.warnings.push(format!(
                    "{} needs the capability {}, which the manifest does not ask for: each call \
                     will give -{}.",
                    import.name,
                    import.needs,
                    denied.name()
                ));
            }
        }
        let memory = facts.memory.map_or(0, |memory| memory.initial_pages.saturating_mul(64));
        let quota = u64::from(manifest.memory_quota) / 1024;
        if memory > quota {
            // No refusal: the engine leaves out what a module of a fixed size never uses.
            self.warnings.push(format!(
                "The linear memory of {memory} KiB is more than the memory quota of {quota} KiB; \
                 the app may not start."
            ));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use akira_core::manifest::Draft;

    use super::*;
    use crate::module::{Embedded, embed};

    /// `(module (import "akira" "time_ms" (func (result i64))) (func (export "_start")))`, with a
    /// memory of one page.
    pub const SMALL: &[u8] = &[
        0, b'a', b's', b'm', 1, 0, 0, 0, // header
        1, 8, 2, 0x60, 0, 1, 0x7e, 0x60, 0, 0, // types ()I and ()
        2, 17, 1, 5, b'a', b'k', b'i', b'r', b'a', 7, b't', b'i', b'm', b'e', b'_', b'm', b's', 0,
        0, // import
        3, 2, 1, 1, // one function of type ()
        5, 4, 1, 1, 1, 1, // memory of one page
        7, 10, 1, 6, b'_', b's', b't', b'a', b'r', b't', 0, 1, // export
        10, 4, 1, 2, 0, 0x0b, // an empty body
    ];

    fn packed(module: &[u8], draft: Draft) -> Vec<u8> {
        let draft = Draft { name: Some("x".into()), version: Some("1.0.0".into()), ..draft };
        let manifest = draft.clone().check().unwrap();
        embed(module, &Embedded::from_draft(&draft, manifest).unwrap()).unwrap()
    }

    fn codes(module: &[u8]) -> Vec<&'static str> {
        check(module).problems.iter().map(|problem| problem.code).collect()
    }

    /// `SMALL` with the one occurrence of `from` replaced by `to` of the same length.
    fn changed(from: &[u8], to: &[u8]) -> Vec<u8> {
        let mut module = SMALL.to_vec();
        let at = module.windows(from.len()).position(|window| window == from).unwrap();
        module[at..at + to.len()].copy_from_slice(to);
        module
    }

    #[test]
    fn a_good_app_has_no_problems() {
        let report = check(&packed(SMALL, Draft::default()));
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        assert!(report.warnings.is_empty());
        let facts = report.facts.unwrap();
        assert_eq!((facts.exports[0].name.as_str(), facts.exports.len()), ("_start", 1));
        assert_eq!(facts.exports[0].signature, "()");
        assert_eq!(facts.imports[0].signature, "()I");
        assert_eq!((facts.functions, facts.memory.unwrap().initial_pages), (1, 1));
    }

    #[test]
    fn every_refusal_has_its_code() {
        assert_eq!(codes(b"not wasm"), ["bad_module"]);
        assert_eq!(codes(&SMALL[..20]), ["bad_module"]);
        assert_eq!(codes(SMALL), ["no_manifest"]);
        let draft = Draft::default;
        assert_eq!(codes(&packed(&changed(b"time_ms", b"time_us"), draft())), ["unknown_import"]);
        assert_eq!(codes(&packed(&changed(b"akira", b"aqira"), draft())), ["unknown_import"]);
        // The right name with the wrong type: i32 instead of i64.
        assert_eq!(codes(&packed(&changed(&[0x7e], &[0x7f]), draft())), ["unknown_import"]);
        assert_eq!(codes(&packed(&changed(b"_start", b"_stort"), draft())), ["bad_module"]);
        let entry = Draft { entry: Some("go".into()), ..draft() };
        assert_eq!(codes(&packed(SMALL, entry)), ["bad_module"]);
        // A body that ends without its end.
        assert_eq!(codes(&packed(&changed(&[2, 0, 0x0b], &[2, 0, 0x01]), draft())), ["bad_module"]);
        // The entry point is the imported function, of type ()I.
        let export = [7, 10, 1, 6, b'_', b's', b't', b'a', b'r', b't', 0, 0];
        assert_eq!(codes(&packed(&changed(&export[..10], &export), draft())), ["bad_module"]);
        // A memory instead of a function. The function is then missed too.
        let memory = [6, b'm', b'e', b'm', b'o', b'r', b'y', 2, 0, 1];
        let foreign = check(&packed(&changed(b"\x07time_ms\0\0", &memory), draft()));
        let told = |problem: &Problem| problem.message.contains("akira.memory memory to import");
        let problem = foreign.problems.iter().find(|problem| told(problem)).unwrap();
        assert_eq!(problem.code, "bad_module");
    }

    #[test]
    fn what_is_probably_not_meant_is_a_warning() {
        // Ten pages and a quota of 256 KiB.
        let large = packed(&changed(&[1, 1, 1, 1], &[1, 1, 10, 10]), Draft::default());
        let report = check(&large);
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        assert!(report.warnings[0].contains("640 KiB"), "{:?}", report.warnings);
    }

    #[test]
    fn two_manifests_are_one_too_many() {
        let mut module = packed(SMALL, Draft::default());
        let once = module[SMALL.len()..].to_vec();
        module.extend_from_slice(&once);
        assert_eq!(codes(&module), ["bad_manifest"]);
    }

    #[test]
    fn no_flipped_bit_and_no_cut_makes_it_panic() {
        let good = packed(SMALL, Draft::default());
        let draft =
            Draft { name: Some("y".into()), version: Some("1.0.0".into()), ..Draft::default() };
        let manifest = draft.clone().check().unwrap();
        let manifest = Embedded::from_draft(&draft, manifest).unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let report = check(&bad);
            // What is packed anew is at least a frame that the device can read.
            if let Ok(packed) = embed(&bad, &manifest) {
                let name = check(&packed).manifest.map(|manifest| manifest.name.to_string());
                let frame_is_good = name.as_deref() == Some("y");
                assert!(frame_is_good || !report.problems.is_empty(), "bit {bit}");
            }
        }
        for length in 0..good.len() {
            assert!(!check(&good[..length]).problems.is_empty(), "{length} bytes");
        }
    }
}
