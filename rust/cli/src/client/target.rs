// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Which device is meant: by name, by address or by default, with the token and the certificate
//! that belong to it.

use std::fmt;
use std::path::PathBuf;

use ureq::http::Uri;

use crate::args::Args;
use crate::error::{CliError, Result};
use crate::settings::{self, Named, Settings};

/// Where a virtual device on this machine is when nobody says otherwise.
const LOCAL: &str = "http://127.0.0.1:8080";

/// How a device is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A URL without a path, and whether it is `https://`.
    Http { base: String, secure: bool },
    /// A serial line.
    Serial(SerialLine),
}

/// The device file of a serial line, and its speed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerialLine {
    pub path: PathBuf,
    /// Bits in a second. Lines that are none in truth (USB, simulated devices) do not care.
    pub baud: u32,
}

/// The usual speed of consoles.
const BAUD: u32 = 115_200;

impl fmt::Display for SerialLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "serial:{}", self.path.display())?;
        if self.baud != BAUD { write!(out, "@{}", self.baud) } else { Ok(()) }
    }
}

/// What vouches for a device's certificate besides the authorities that this machine trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    pub ca_file: Option<PathBuf>,
    pub fingerprint: Option<[u8; 32]>,
}

/// A device that is meant.
pub struct Target {
    /// Its name in the settings, when it was named.
    pub name: Option<String>,
    pub address: Address,
    pub token: Option<String>,
    pub trust: Trust,
}

impl Target {
    /// The device of the command line, the environment or the settings.
    pub fn from_args(args: &Args) -> Result<Self> {
        let mut target = Self::find(args.device.as_deref())?;
        // A name's own token goes before AKIRA_TOKEN, which may be meant for another device.
        if let Some(token) = args.given_token()? {
            target.token = Some(token);
        } else if target.token.is_none() {
            target.token = args.token()?;
        }
        let given = Trust { ca_file: args.ca.clone(), fingerprint: args.fingerprint };
        if given != Trust::default() {
            target.trust = given;
        }
        target.check()?;
        Ok(target)
    }

    /// The device that `text` names, with what the settings know of it.
    pub fn find(text: Option<&str>) -> Result<Self> {
        match text {
            Some(text) if settings::is_name(text) => {
                let settings = Settings::load()?;
                match settings.device(text) {
                    Some(device) => Self::named(&settings, text, device),
                    None => Self::unnamed(text),
                }
            }
            Some(text) => Self::unnamed(text),
            None => {
                let settings = Settings::load()?;
                match settings.default() {
                    Some(name) => {
                        let device = settings.known(name).map_err(|error| {
                            error.about(format!("The default in {}", settings.path().display()))
                        })?;
                        Self::named(&settings, name, device)
                    }
                    None => Self::unnamed(LOCAL),
                }
            }
        }
    }

    fn unnamed(address: &str) -> Result<Self> {
        let address = address_of(address)?;
        Ok(Self { name: None, address, token: None, trust: Trust::default() })
    }

    fn named(settings: &Settings, name: &str, device: &Named) -> Result<Self> {
        let about = |error: CliError| error.about(format!("The device {name}"));
        let bad = |what: &str| {
            let file = settings.path().display();
            CliError::local(
                "bad_settings",
                format!("The {what} of device {name} in {file} is none."),
            )
        };
        let fingerprint = match &device.fingerprint {
            Some(text) => Some(
                crate::args::fingerprint(text)
                    .map_err(|why| bad("fingerprint").hint(format!("A SHA-256: {why}.")))?,
            ),
            None => None,
        };
        Ok(Self {
            name: Some(name.to_owned()),
            address: address_of(&device.url).map_err(about)?,
            token: settings.token_of(device).map_err(about)?,
            trust: Trust {
                ca_file: device.ca_file.as_ref().map(|file| settings.beside(file)),
                fingerprint,
            },
        })
    }

    /// Whoever pins a certificate must not end up without one.
    fn check(&self) -> Result<()> {
        let secure = matches!(self.address, Address::Http { secure: true, .. });
        if secure || self.trust == Trust::default() {
            return Ok(());
        }
        Err(CliError::usage("A certificate was named, but the device's address has none.")
            .hint("Leave out --ca and --fingerprint, or give an address with https://."))
    }
}

/// Reads an address. A missing `http://` is added.
pub fn address_of(text: &str) -> Result<Address> {
    if let Some(line) = text.strip_prefix("serial:") {
        let (path, baud) = match line.rsplit_once('@') {
            Some((path, baud)) => (path, baud.parse().map_err(|_| bad_address(text))?),
            None => (line, BAUD),
        };
        if !path.starts_with('/') || baud == 0 {
            return Err(bad_address(text));
        }
        return Ok(Address::Serial(SerialLine { path: path.into(), baud }));
    }
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let uri: Uri = full.parse().map_err(|_| bad_address(text))?;
    let authority = uri.authority().ok_or_else(|| bad_address(text))?;
    let secure = match uri.scheme_str() {
        Some("http") => false,
        Some("https") => true,
        _ => return Err(bad_address(text)),
    };
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@')
    {
        return Err(bad_address(text));
    }
    let scheme = if secure { "https" } else { "http" };
    Ok(Address::Http { base: format!("{scheme}://{authority}"), secure })
}

fn bad_address(text: &str) -> CliError {
    CliError::usage(format!("'{text}' is no address of a device.")).hint(
        "It looks like http://192.168.1.20, https://board.local, 127.0.0.1:8080 or \
         serial:/dev/ttyACM0; a line may have a speed, as in serial:/dev/ttyUSB0@921600.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_devices() {
        for (text, base) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://board.local/", "http://board.local"),
            ("192.168.1.20:80", "http://192.168.1.20:80"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://board.local:8443/", "https://board.local:8443"),
        ] {
            let secure = base.starts_with("https");
            assert_eq!(address_of(text).unwrap(), Address::Http { base: base.into(), secure });
        }
        for (text, baud) in [("serial:/dev/pts/3", BAUD), ("serial:/dev/pts/3@9600", 9600)] {
            let line = SerialLine { path: "/dev/pts/3".into(), baud };
            assert_eq!(line.to_string(), text);
            assert_eq!(address_of(text).unwrap(), Address::Serial(line));
        }
        for text in [
            "",
            "ftp://x",
            "http://x/api/v1",
            "http://",
            "a b",
            "http://x?y",
            "http://me@x",
            "serial:",
            "serial:pts/3",
            "serial:/dev/pts/3@",
            "serial:/dev/pts/3@0",
        ] {
            assert!(address_of(text).is_err(), "{text}");
        }
    }
}
