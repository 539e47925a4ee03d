// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `screenshot`: what the display shows, as a picture.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::args::ScreenshotArgs;
use crate::client::types::Status;
use crate::client::{Device, decode};
use crate::error::{CliError, Result};
use crate::module;
use crate::output::{self, GOOD, STRONG};

/// How every PNG begins: its signature, and the head of the block that has its size (PNG, 5.2 and
/// 11.2.2).
const START: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
/// How every PNG ends.
const END: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";

pub fn run(device: &Device, args: &ScreenshotArgs, json: bool) -> Result<()> {
    let to_stdout = args.output.as_deref() == Some(Path::new("-"));
    if to_stdout && json {
        let message = "--json and the picture cannot both go to standard output.";
        return Err(CliError::usage(message).hint("Name a file with -o FILE."));
    }
    if to_stdout && io::stdout().is_terminal() {
        let message = "A terminal cannot show a PNG.";
        return Err(CliError::usage(message).hint("Name a file with -o FILE, or use a pipe."));
    }
    let picture = device.display()?;
    let (width, height) = size(&picture).ok_or_else(|| {
        CliError::unreachable("What the device sent is no whole picture.").hint("Try again.")
    })?;
    if to_stdout {
        // A reader that went away ends this quietly, as everywhere.
        let mut out = io::stdout().lock();
        let _ = out.write_all(&picture).and_then(|()| out.flush());
        return Ok(());
    }
    let file = match &args.output {
        Some(file) => file.clone(),
        None => PathBuf::from(file_name(&decode::<Status>(device.status()?)?.device)),
    };
    module::write(&file, &picture)?;
    if json {
        output::print_json(&json!({
            "file": file, "width": width, "height": height, "size": picture.len(),
        }));
    } else {
        let name = output::clean(&file.display().to_string());
        output::print_line(&format!(
            "{GOOD}saved{GOOD:#} {STRONG}{name}{STRONG:#}  {width} x {height}  {}",
            output::size(picture.len() as u64)
        ));
    }
    Ok(())
}

/// Width and height of a PNG; `None` when that is not a whole one.
fn size(picture: &[u8]) -> Option<(u32, u32)> {
    let rest = picture.strip_prefix(START)?;
    let (width, rest) = rest.split_first_chunk()?;
    let (height, rest) = rest.split_first_chunk()?;
    rest.ends_with(END).then(|| (u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// A file name from a device's name, which is somebody else's text.
fn file_name(device: &str) -> String {
    let harmless = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-_".contains(letter) { letter } else { '_' }
    };
    let name: String = device.chars().take(64).map(harmless).collect();
    if name.is_empty() { "screenshot.png".to_owned() } else { format!("{name}.png") }
}

#[cfg(test)]
mod tests {
    use akira_core::png::Encoder;

    use super::*;

    #[test]
    fn only_whole_pictures_have_a_size() {
        let (mut encoder, mut picture) = Encoder::begin(3, 2);
        for _ in 0..2 {
            picture.extend(encoder.row(&[0xffff; 3]));
        }
        picture.extend(encoder.end());
        assert_eq!(size(&picture), Some((3, 2)));
        for length in 0..picture.len() {
            assert_eq!(size(&picture[..length]), None, "cut to {length}");
        }
        assert_eq!(size(&[b"x", &picture[..]].concat()), None);
    }

    #[test]
    fn a_device_does_not_choose_the_folder() {
        assert_eq!(file_name("native_sim"), "native_sim.png");
        assert_eq!(file_name("../../a b\n"), "______a_b_.png");
        assert_eq!(file_name(""), "screenshot.png");
        assert_eq!(file_name(&"x".repeat(300)).len(), 68);
    }
}
