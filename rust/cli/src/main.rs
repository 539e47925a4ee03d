// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `akira`: one tool for the authors of apps and the operators of devices.
//!
//! Results go to standard output, everything else to standard error. With `--json` each command
//! prints JSON instead of text, errors included. The exit codes are part of the interface; see
//! [`error::Kind`].

#![forbid(unsafe_code)]

mod abi;
mod args;
mod build;
mod client;
mod commands;
mod complete;
mod error;
mod keys;
mod module;
mod new;
mod output;
mod progress;
mod settings;
mod source;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::CompleteEnv;

fn main() -> ExitCode {
    // A shell that wants to know what could come next calls it with COMPLETE in its environment.
    CompleteEnv::with_factory(args::Args::command).complete();
    let args = args::Args::parse();
    let json = args.json;
    match commands::run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.print(json);
            ExitCode::from(error.kind.exit_code())
        }
    }
}
