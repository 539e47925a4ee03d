// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `keygen`, `sign` and `verify`: what authors do about signatures, at their desks.

use std::path::{Path, PathBuf};

use akira_core::hex;
use akira_core::trust::PublicKey;
use serde_json::json;

use crate::args::{KeygenArgs, SignArgs, VerifyArgs};
use crate::error::{CliError, Result};
use crate::output::{self, GOOD, STRONG, WARN};
use crate::{build, keys, module};

pub fn keygen(args: &KeygenArgs, json: bool) -> Result<()> {
    let key = keys::generate()?;
    let name = args.name.as_str();
    let folder = args.dir.as_deref().unwrap_or(Path::new("."));
    let private = folder.join(format!("{name}.pem"));
    let public = folder.join(format!("{name}.pub.pem"));
    keys::write_private(&private, &key)?;
    keys::write_public(&public, &key)?;
    let fingerprint = hex::encode(&keys::read_public(&public)?.fingerprint());
    if json {
        output::print_json(&json!({
            "private": private, "public": public, "fingerprint": fingerprint,
        }));
        return Ok(());
    }
    output::print_line(&format!("{GOOD}made{GOOD:#} {STRONG}{name}{STRONG:#}"));
    output::print_line(&format!("  private key  {}  keep it secret", private.display()));
    output::print_line(&format!("  public key   {}", public.display()));
    output::print_line(&format!("  fingerprint  {fingerprint}"));
    output::print_line(&format!(
        "A device trusts it after: akira trust {name} {}",
        public.display()
    ));
    Ok(())
}

pub fn sign(args: &SignArgs, json: bool) -> Result<()> {
    let key = keys::read_private(&args.key)?;
    let file = app_file(&args.file)?;
    let module = module::read(&file)?;
    let report = module::check(&module);
    if report.manifest.is_none() {
        let message = format!("{} has no manifest that can be read.", file.display());
        return Err(CliError::local("no_manifest", message)
            .hint("Add one with `akira pack` first: a signature covers the manifest."));
    }
    let app = module::sign(&module, &key).map_err(|error| error.about(file.display()))?;
    let output = args.output.as_deref().unwrap_or(&file);
    module::write(output, &app)?;
    let public = keys::read_public(&args.key)?;
    let kid = hex::encode(&public.kid());
    if json {
        output::print_json(&json!({
            "file": output, "size": app.len(), "key_id": kid,
            "fingerprint": hex::encode(&public.fingerprint()),
        }));
    } else {
        output::print_line(&format!(
            "{GOOD}signed{GOOD:#} {STRONG}{}{STRONG:#}  by key {kid}",
            output.display()
        ));
    }
    Ok(())
}

/// The app that is meant by a file, or by the folder that it was built in.
fn app_file(path: &Path) -> Result<PathBuf> {
    if path.is_dir() { build::result(path) } else { Ok(path.to_owned()) }
}

pub fn verify(args: &VerifyArgs, json: bool) -> Result<()> {
    let file = app_file(&args.file)?;
    let about = |error: CliError| error.about(file.display());
    let sign1 = module::signature(&module::read(&file)?).map_err(about)?;
    let kid = hex::encode(&sign1.kid);
    let mut by = None;
    for path in &args.key {
        let key = keys::read_public(path)?;
        if key.made(&sign1) {
            by = Some((path, key));
            break;
        }
        if key.kid() == sign1.kid {
            let message = format!("The signature names the key {}, which did not make it.", kid);
            return Err(about(CliError::local("bad_signature", message)));
        }
    }
    if by.is_none() && !args.key.is_empty() {
        let message = format!("The app is signed by another key (key id {kid}).");
        return Err(about(CliError::local("bad_signature", message)));
    }
    if json {
        let fingerprint =
            by.as_ref().map(|(_, key): &(_, PublicKey)| hex::encode(&key.fingerprint()));
        output::print_json(&json!({
            "file": file, "key_id": kid, "verified": by.is_some(), "fingerprint": fingerprint,
        }));
        return Ok(());
    }
    let file = file.display();
    match by {
        Some((path, _)) => output::print_line(&format!(
            "{GOOD}good{GOOD:#} {STRONG}{file}{STRONG:#}  signed by {}",
            path.display()
        )),
        None => output::print_line(&format!(
            "{WARN}unverified{WARN:#} {STRONG}{file}{STRONG:#}  says it is signed by key {kid}; \
             give that key's file with --key"
        )),
    }
    Ok(())
}
