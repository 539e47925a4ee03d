// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The display, the sensors and the input of a device.

use std::path::PathBuf;

use akira_core::input::BUTTON_NAMES;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;

#[derive(Debug, clap::Args)]
pub struct ScreenshotArgs {
    /// Where the picture is written, - for standard output [default: DEVICE.png, by the device's
    /// name]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct SensorsArgs {
    #[command(subcommand)]
    pub action: Option<SensorsAction>,
}

#[derive(Debug, Subcommand)]
pub enum SensorsAction {
    /// Say what a simulated sensor measures from now on
    Set {
        /// The sensor's id, as `akira sensors` shows it
        id: u8,

        /// The value, in the sensor's unit
        #[arg(allow_negative_numbers = true, value_parser = number)]
        value: f32,
    },
}

fn number(text: &str) -> Result<f32, &'static str> {
    let number = text.parse().map_err(|_| "it must be a number such as 21.5")?;
    if f32::is_finite(number) { Ok(number) } else { Err("no sensor can measure that") }
}

#[derive(Debug, clap::Args)]
pub struct InputArgs {
    #[command(subcommand)]
    pub action: InputAction,
}

#[derive(Debug, Subcommand)]
pub enum InputAction {
    /// Press a button and let it go
    Button {
        /// The button
        #[arg(ignore_case = true, value_parser = PossibleValuesParser::new(BUTTON_NAMES))]
        name: String,

        #[command(flatten)]
        press: PressArgs,
    },
    /// Touch the panel at a point and let it go
    Touch {
        /// Pixels from the left
        x: u16,

        /// Pixels from the top
        y: u16,

        #[command(flatten)]
        press: PressArgs,
    },
    /// Move an analog channel
    Analog {
        /// The channel, from 0 on
        channel: u8,

        /// Where to: 0 to 65535, 32768 is the middle
        value: u16,
    },
}

#[derive(Clone, Copy, Debug, clap::Args)]
#[group(multiple = false)]
pub struct PressArgs {
    /// How long it is held, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 100)]
    pub hold: u32,

    /// Only press; it stays pressed
    #[arg(long)]
    pub press: bool,

    /// Only let go
    #[arg(long)]
    pub release: bool,
}
