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

use crate::error::CliError;

fn main() -> ExitCode {
    // A shell that wants to know what could come next calls it with COMPLETE in its environment.
    CompleteEnv::with_factory(args::Args::command).complete();
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            if error.use_stderr() && std::env::args_os().any(|arg| arg == "--json") {
                CliError::usage(what(&error)).print_json();
            }
            // The text, and the exit code.
            error.exit()
        }
    };
    let json = args.json;
    match commands::run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.print(json);
            ExitCode::from(error.kind.exit_code())
        }
    }
}

/// What is wrong with a command line, without how it should be, which is for people.
fn what(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).trim().to_owned()
}
