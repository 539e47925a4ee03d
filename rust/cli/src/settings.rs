// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The user's settings: devices with names, in `akira/config.toml` below `$XDG_CONFIG_HOME` or
//! `~/.config`.
//!
//! The file holds tokens, so it is made for its owner only, and replaced as a whole. What its owner
//! wrote into it by hand, comments included, stays.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml_edit::{DocumentMut, Item, Table, value};

use crate::args;
use crate::error::{CliError, Result};
use crate::output::WARN;

/// More than any such file has.
const FILE_MAX: u64 = 1024 * 1024;

/// What the file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    default: Option<String>,
    #[serde(default)]
    devices: BTreeMap<String, Named>,
}

/// A device with a name.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its address: a URL, or `serial:/dev/TTY`.
    pub url: String,
    pub token: Option<String>,
    /// A file whose first line is the token; relative to the folder of the settings.
    pub token_file: Option<PathBuf>,
    /// Certificates that vouch for it; relative to the folder of the settings.
    pub ca_file: Option<PathBuf>,
    /// The SHA-256 of its certificate.
    pub fingerprint: Option<String>,
}

/// The settings of this user.
pub struct Settings {
    path: PathBuf,
    content: Content,
    document: DocumentMut,
}

impl Settings {
    /// Reads them; a file that is not there is one that says nothing.
    pub fn load() -> Result<Self> {
        // Without a home there is nothing to read; it is missed when something is to be stored.
        let path = path().unwrap_or_default();
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(CliError::file("read the settings", &path, &error)),
        };
        let bad = |error: &dyn std::fmt::Display| {
            let message =
                format!("{} is not as it must be: {}", path.display(), error.to_string().trim());
            CliError::local("bad_settings", message)
        };
        let content = toml::from_str(&text).map_err(|error| bad(&error))?;
        let document = text.parse().map_err(|error| bad(&error))?;
        Ok(Self { path, content, document })
    }

    /// Where they are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The devices, by their names.
    pub fn devices(&self) -> impl Iterator<Item = (&String, &Named)> {
        self.content.devices.iter()
    }

    pub fn device(&self, name: &str) -> Option<&Named> {
        self.content.devices.get(name)
    }

    /// The name of the device that is meant when none is named.
    pub fn default(&self) -> Option<&str> {
        self.content.default.as_deref()
    }

    /// The device of that name, which must be there.
    pub fn known(&self, name: &str) -> Result<&Named> {
        self.device(name).ok_or_else(|| {
            let shown: String = name.chars().take(40).collect();
            let names: Vec<&str> = self.content.devices.keys().map(String::as_str).collect();
            let hint = if names.is_empty() {
                "None has a name yet. Give one with `akira device add NAME ADDRESS`.".to_owned()
            } else {
                format!("There are: {}.", names.join(", "))
            };
            let mut error = CliError::local("no_device", format!("No device is named '{shown}'."));
            error.hint = Some(hint);
            error
        })
    }

    /// The device's token, from the settings or the file that they name.
    pub fn token_of(&self, device: &Named) -> Result<Option<String>> {
        if let Some(token) = &device.token {
            self.warn_when_others_can_read();
            let what = format!("The token in {}", self.path.display());
            return args::checked(token, what).map(Some);
        }
        device.token_file.as_ref().map(|file| args::read_token(&self.beside(file))).transpose()
    }

    /// A path of the settings as one from here.
    pub fn beside(&self, file: &Path) -> PathBuf {
        if let Ok(rest) = file.strip_prefix("~")
            && let Some(home) = env::home_dir()
        {
            return home.join(rest);
        }
        self.path.parent().map_or_else(|| file.to_owned(), |folder| folder.join(file))
    }

    fn warn_when_others_can_read(&self) {
        let others = fs::metadata(&self.path).is_ok_and(|facts| facts.mode() & 0o077 != 0);
        if others {
            anstream::eprintln!(
                "{WARN}warning:{WARN:#} others can read the tokens in {}; \
                 keep them out with: chmod 600 {0}",
                self.path.display()
            );
        }
    }

    /// Sets a device. Not stored before [`Settings::store`].
    pub fn set(&mut self, name: &str, device: Named) {
        let mut table = Table::new();
        table["url"] = value(&device.url);
        let file = |path: &PathBuf| path.display().to_string();
        for (key, text) in [
            ("token", device.token.clone()),
            ("token_file", device.token_file.as_ref().map(file)),
            ("ca_file", device.ca_file.as_ref().map(file)),
            ("fingerprint", device.fingerprint.clone()),
        ] {
            if let Some(text) = text {
                table[key] = value(text);
            }
        }
        if !self.document.contains_key("devices") {
            let mut devices = Table::new();
            devices.set_implicit(true);
            self.document["devices"] = Item::Table(devices);
        }
        self.document["devices"][name] = Item::Table(table);
        self.content.devices.insert(name.to_owned(), device);
    }

    /// Gives a device that is there another token.
    pub fn set_token(&mut self, name: &str, token: &str) {
        if let Some(device) = self.content.devices.get_mut(name) {
            device.token = Some(token.to_owned());
            self.document["devices"][name]["token"] = value(token);
        }
    }

    /// Forgets a device that is there, also as the default.
    pub fn remove(&mut self, name: &str) {
        self.content.devices.remove(name);
        if let Some(devices) = self.document["devices"].as_table_like_mut() {
            devices.remove(name);
        }
        if self.default() == Some(name) {
            self.set_default(None);
        }
    }

    pub fn set_default(&mut self, name: Option<&str>) {
        self.content.default = name.map(str::to_owned);
        match name {
            Some(name) => self.document["default"] = value(name),
            None => drop(self.document.remove("default")),
        }
    }

    /// Writes them. The old file stays until the new one is whole.
    pub fn store(&self) -> Result<()> {
        if self.path.as_os_str().is_empty() {
            let error = CliError::local("file", "There is no home folder to keep settings in.");
            return Err(error.hint("Set HOME or XDG_CONFIG_HOME."));
        }
        let failed = |error| CliError::file("write the settings", &self.path, &error);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        // A link, as some people keep their settings elsewhere, stays one.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let new = target.with_extension(format!("toml.{}", std::process::id()));
        let written = write_new(&new, self.document.to_string().as_bytes())
            .and_then(|()| fs::rename(&new, &target));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.map_err(failed)
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn read(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > FILE_MAX {
        return Err(io::Error::other("it is too large"));
    }
    fs::read_to_string(path)
}

fn path() -> Option<PathBuf> {
    // A relative one is to be ignored (XDG Base Directory Specification).
    let given = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env::home_dir().filter(|home| home.is_absolute());
    let folder = given.or_else(|| Some(home()?.join(".config")))?;
    Some(folder.join("akira").join("config.toml"))
}

/// Whether a device can be called that. Such a name is never taken for an address.
pub fn is_name(text: &str) -> bool {
    let letters = text.as_bytes();
    (1..=63).contains(&letters.len())
        && letters[0].is_ascii_alphanumeric()
        && letters.iter().all(|letter| letter.is_ascii_alphanumeric() || b"_-".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        Settings {
            path: "/settings/akira/config.toml".into(),
            content: toml::from_str(text).unwrap(),
            document: text.parse().unwrap(),
        }
    }

    #[test]
    fn what_was_written_by_hand_stays() {
        let text = "# mine\ndefault = \"a\"\n\n[devices.a] # the first\nurl = \"http://a\"\n";
        let mut settings = settings(text);
        let device = Named { url: "http://b".into(), ..Named::default() };
        settings.set("b", device.clone());
        settings.set_token("b", "t");
        let after = settings.document.to_string();
        assert!(after.starts_with(text), "{after}");
        let again: Content = toml::from_str(&after).unwrap();
        assert_eq!(again.devices["b"], Named { token: Some("t".into()), ..device });

        settings.remove("a");
        settings.remove("b");
        assert_eq!((settings.default(), settings.devices().count()), (None, 0));
        let again: Content = toml::from_str(&settings.document.to_string()).unwrap();
        assert!(again.default.is_none() && again.devices.is_empty());
    }

    #[test]
    fn a_misspelt_setting_is_not_passed_over() {
        for text in ["defualt = \"a\"", "[devices.a]\nurl = \"x\"\nfinger_print = \"00\""] {
            assert!(toml::from_str::<Content>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn files_are_beside_the_settings() {
        let settings = settings("");
        let beside = |path: &str| settings.beside(Path::new(path));
        assert_eq!(beside("t"), Path::new("/settings/akira/t"));
        assert_eq!(beside("/t"), Path::new("/t"));
    }

    #[test]
    fn names_are_no_addresses() {
        for name in ["desk", "board-2", "A_1"] {
            assert!(is_name(name), "{name}");
        }
        for text in ["", "a.b", "a:80", "http://a", "serial:/dev/x", "-a", "a/b", "\u{e9}"] {
            assert!(!is_name(text), "{text}");
        }
    }
}
