// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's own firmware.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub struct FirmwareArgs {
    #[command(subcommand)]
    pub action: FirmwareAction,
}

#[derive(Debug, Subcommand)]
pub enum FirmwareAction {
    /// Send an image, and have it tried if that is wanted. What broke off before goes on
    Upload(UploadArgs),
    /// Show what is in the slots, what happens at the next boot, and how the last update went
    Status,
    /// Have the image that was sent tried at the next boot
    Test,
    /// Keep the firmware that runs on trial, without waiting for the device's own check
    Confirm,
    /// Go back to the firmware before, or call off an image that waits for the next boot
    Revert,
}

#[derive(Debug, clap::Args)]
pub struct UploadArgs {
    /// The image, as MCUboot's `imgtool sign` wrote it, such as zephyr.signed.bin
    pub file: PathBuf,

    /// Have it tried at the next boot
    #[arg(long)]
    pub test: bool,

    /// Have it tried now: restart the device, wait until it is back, and say what became of it
    #[arg(long)]
    pub reboot: bool,

    /// How long the device may take to restart, and then to decide about the image beyond the time
    /// that it says it needs
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 300,
        requires = "reboot",
        value_parser = clap::value_parser!(u16).range(1..=3600)
    )]
    pub timeout: u16,

    /// Send all of it, even when the device has it already or has a part of it
    #[arg(long)]
    pub from_start: bool,
}
