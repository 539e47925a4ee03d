// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How a command fails: a sentence for people, a code for programs, an exit code for scripts.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::output;

/// What kind of failure it was. The exit codes are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The device understood and refused.
    Refused,
    /// The command line is wrong.
    Usage,
    /// No device answered, or what answered is no AkiraOS device.
    Unreachable,
    /// A file here, a build or a module is not as it must be.
    Local,
    /// The token is missing or wrong.
    Unauthorized,
}

impl Kind {
    /// The process exit code; 0 is success.
    pub const fn exit_code(self) -> u8 {
        match self {
            Kind::Refused => 1,
            Kind::Usage => 2,
            Kind::Unreachable => 3,
            Kind::Local => 4,
            Kind::Unauthorized => 5,
        }
    }
}

/// A failed command.
#[derive(Debug)]
pub struct CliError {
    pub kind: Kind,
    /// For programs, in `snake_case`. What the device says when it refused.
    pub code: String,
    /// What happened, as a sentence.
    pub message: String,
    /// What to do about it, where that is not in the message.
    pub hint: Option<String>,
    /// What was printed on standard output tells it already.
    pub in_report: bool,
}

pub type Result<T, E = CliError> = std::result::Result<T, E>;

impl CliError {
    fn new(kind: Kind, code: &str, message: impl Into<String>) -> Self {
        Self { kind, code: code.into(), message: message.into(), hint: None, in_report: false }
    }

    pub fn refused(code: &str, message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, code, message)
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, "usage", message)
    }

    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unreachable, "unreachable", message)
    }

    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(Kind::Unauthorized, "unauthorized", message)
    }

    /// A local failure with its own code: `bad_module`, `bad_manifest`, `build_failed`, ...
    pub fn local(code: &str, message: impl Into<String>) -> Self {
        Self::new(Kind::Local, code, message)
    }

    /// A file that could not be read, written or made.
    pub fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::local("file", format!("Cannot {doing} {}: {error}.", path.display()))
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts what it was about in front of the message.
    #[must_use]
    pub fn about(mut self, what: impl Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Prints it: text to standard error, and JSON to standard output when that was asked for.
    pub fn print(&self, json: bool) {
        let bad = output::BAD;
        anstream::eprintln!("{bad}error:{bad:#} {}", output::clean_lines(&self.message));
        if let Some(hint) = &self.hint {
            anstream::eprintln!("{}", output::clean_lines(hint));
        }
        if json && !self.in_report {
            self.print_json();
        }
    }

    /// Prints it as JSON only.
    pub fn print_json(&self) {
        let message = match &self.hint {
            Some(hint) => format!("{} {hint}", self.message),
            None => self.message.clone(),
        };
        let error = serde_json::json!({ "error": { "code": self.code, "message": message } });
        output::print_json(&error);
    }
}
