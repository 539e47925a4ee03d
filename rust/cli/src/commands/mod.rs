// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! One module for each command or each family of them.

mod author;
mod completions;
mod config;
mod devices;
mod discover;
mod events;
mod files;
mod firmware;
mod fsck;
mod grants;
mod hardware;
mod image;
mod inspect;
mod install;
mod lifecycle;
mod logs;
mod metrics;
mod screenshot;
mod signing;
mod sim;
mod status;
mod token;
mod top;
mod trust;
mod watch;

use crate::args::{Args, Command};
use crate::client::Device;
use crate::error::Result;

/// Does what the command line says.
pub fn run(args: Args) -> Result<()> {
    let json = args.json;
    let device = || Device::from_args(&args);
    match &args.command {
        Command::Sim(sim) => sim::run(sim, args.token()?),
        Command::Image(image) => image::run(image, args.given_token()?, json),
        Command::Fsck(fsck) => fsck::run(fsck, json),
        Command::Status => status::status(&device()?, json),
        Command::Apps => status::apps(&device()?, json),
        Command::Install(install) => install::run(&device()?, install, json),
        Command::Start(names) => lifecycle::start(&device()?, names, json),
        Command::Stop(names) => lifecycle::stop(&device()?, names, json),
        Command::Restart(names) => lifecycle::restart(&device()?, names, json),
        Command::Rollback(rollback) => lifecycle::rollback(&device()?, rollback, json),
        Command::Uninstall(names) => lifecycle::uninstall(&device()?, names, json),
        Command::Logs(logs) => logs::run(&device()?, logs, json),
        Command::New(new) => author::new(new, json),
        Command::Screenshot(shot) => screenshot::run(&device()?, shot, json),
        Command::Sensors(sensors) => hardware::sensors(&device()?, sensors, json),
        Command::Input(input) => hardware::input(&device()?, input, json),
        Command::Build(build) => author::build(build, json),
        Command::Pack(pack) => author::pack(pack, json),
        Command::Keygen(keygen) => signing::keygen(keygen, json),
        Command::Sign(sign) => signing::sign(sign, json),
        Command::Verify(verify) => signing::verify(verify, json),
        Command::Keys => trust::keys(&device()?, json),
        Command::Trust(trust) => trust::trust(&device()?, trust, json),
        Command::Untrust(untrust) => trust::untrust(&device()?, untrust, json),
        Command::Audit(audit) => trust::audit(&device()?, audit, json),
        Command::Inspect(inspect) => inspect::run(inspect, json),
        Command::Abi(abi) => author::abi(abi, json),
        Command::Top(top) => top::run(device()?, top, json),
        Command::Watch(watch) => watch::run(&device()?, watch, json),
        Command::Grants(grants) => grants::grants(&device()?, grants, json),
        Command::Quota(quota) => grants::quota(&device()?, quota, json),
        Command::Events(events) => events::run(&device()?, events, json),
        Command::Metrics => metrics::run(&device()?, json),
        Command::Files(files) => files::run(&device()?, files, json),
        Command::Firmware(firmware) => firmware::run(&device, firmware, json),
        Command::Config(config) => config::run(&device()?, config, json),
        Command::Token(token) => token::run(&device()?, token, json),
        Command::Device(devices) => devices::run(&args, devices, json),
        Command::Discover(discover) => discover::run(discover, json),
        Command::Completions(completions) => completions::run(completions, json),
    }
}

/// The device's errors are written as parts of a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
