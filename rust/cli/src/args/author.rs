// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What authors do at their desks.

use std::path::PathBuf;

use akira_core::name::AppName;
use clap::builder::{NonEmptyStringValueParser, TypedValueParser};

use crate::abi::Language;
use crate::source::Lang;

#[derive(Debug, clap::Args)]
pub struct KeygenArgs {
    /// The files are NAME.pem and NAME.pub.pem; files that are there are never overwritten
    #[arg(value_parser = name())]
    pub name: AppName,

    /// The folder that they are made in [default: the current one]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

fn name() -> impl TypedValueParser<Value = AppName> {
    NonEmptyStringValueParser::new().try_map(|text| {
        text.parse::<AppName>()
            .map_err(|_| "a name has 1 to 31 characters, a to z, 0 to 9, '_' and '-'")
    })
}

#[derive(Debug, clap::Args)]
pub struct SignArgs {
    /// The app, as `akira build` or `akira pack` wrote it, or the folder that it was built in; a
    /// signature that it has is replaced
    #[arg(default_value = ".")]
    pub file: PathBuf,

    /// The private key, as `akira keygen` wrote it
    #[arg(long, value_name = "FILE", env = "AKIRA_SIGNING_KEY")]
    pub key: PathBuf,

    /// Where the signed app is written [default: FILE itself]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// An app, or the folder that it was built in
    #[arg(default_value = ".")]
    pub file: PathBuf,

    /// A public key that may have signed it; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub key: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// The app's name: a to z, 0 to 9, '_' and '-'
    pub name: String,

    /// The folder that it is made in [default: NAME]
    pub dir: Option<PathBuf>,

    /// The language to write it in
    #[arg(long, value_enum, default_value_t = Lang::Rust)]
    pub lang: Lang,
}

#[derive(Debug, clap::Args)]
pub struct BuildArgs {
    /// Folders with an app.toml; of several, those without one are left out
    #[arg(value_name = "DIR", default_value = ".")]
    pub dirs: Vec<PathBuf>,

    /// Where the app is written, for a single DIR [default: DIR/build/NAME.wasm]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct PackArgs {
    /// A WebAssembly module; a manifest that it has is replaced
    pub file: PathBuf,

    /// The manifest, as app.toml or as AkiraOS JSON
    #[arg(long, value_name = "FILE", default_value = "app.toml")]
    pub manifest: PathBuf,

    /// Where the app is written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,

    /// Pack also what a device would refuse
    #[arg(long)]
    pub no_check: bool,
}

#[derive(Debug, clap::Args)]
pub struct InspectArgs {
    /// An app file
    pub file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct AbiArgs {
    /// What to make from the table of native functions
    #[arg(value_enum)]
    pub language: Language,

    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
