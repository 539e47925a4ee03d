// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What a shell offers at the tab key. Names of apps come from the device, which is asked for a
//! moment only: a device that is not there means no names, and never an error in the prompt.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use clap_complete::engine::CompletionCandidate;

use crate::client::types::AppList;
use crate::client::{Device, decode};
use crate::settings::Settings;

/// How long a person may wait at the tab key.
const PATIENCE: Duration = Duration::from_millis(800);

/// Names of the apps on the device.
pub fn apps(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = || {
        let device = Device::for_completion(device_of(std::env::args_os()), PATIENCE).ok()?;
        let list: AppList = decode(device.apps().ok()?).ok()?;
        Some(list.apps.into_iter().map(|app| (app.name, app.state)))
    };
    candidates(current, names().into_iter().flatten())
}

/// Names of the devices in the settings.
pub fn devices(current: &OsStr) -> Vec<CompletionCandidate> {
    let named = Settings::load().ok();
    let devices = named.iter().flat_map(Settings::devices);
    candidates(current, devices.map(|(name, device)| (name.clone(), device.url.clone())))
}

/// Those that go on from what is there already. What the device says is somebody else's text and
/// goes to a shell, so only names that an app may have are passed on.
fn candidates(
    current: &OsStr,
    all: impl Iterator<Item = (String, String)>,
) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let harmless = |name: &str| {
        name.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"_-".contains(&letter))
    };
    all.filter(|(name, _)| harmless(name) && name.starts_with(current))
        .map(|(name, about)| {
            let about: String = about.chars().filter(|c| !c.is_control()).take(60).collect();
            CompletionCandidate::new(name).help(Some(about.into()))
        })
        .collect()
}

/// The device that the unfinished command line names.
fn device_of(words: impl Iterator<Item = OsString>) -> Option<String> {
    let mut words = words.filter_map(|word| word.into_string().ok());
    while let Some(word) = words.next() {
        if let Some(device) = word.strip_prefix("--device=") {
            return Some(device.to_owned());
        }
        if word == "--device" {
            return words.next();
        }
    }
    std::env::var("AKIRA_DEVICE").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_says_which_device() {
        let words = |text: &str| {
            device_of(text.split(' ').map(OsString::from).collect::<Vec<_>>().into_iter())
        };
        assert_eq!(words("akira --device board stop x").as_deref(), Some("board"));
        assert_eq!(words("akira stop --device=board").as_deref(), Some("board"));
    }

    #[test]
    fn only_harmless_names_reach_the_shell() {
        let all = ["hello", "help", "$(reboot)", "other"];
        let all = all.into_iter().map(|name| (name.to_owned(), "state".to_owned()));
        let offered = candidates(OsStr::new("hel"), all.clone());
        assert_eq!(offered.len(), 2);
        assert!(candidates(OsStr::new("$"), all).is_empty());
    }
}
