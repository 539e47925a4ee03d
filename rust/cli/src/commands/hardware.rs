// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! `sensors` and `input`: what a device senses. Both can be moved on a simulated device.

use std::thread;
use std::time::Duration;

use akira_core::input::BUTTON_NAMES;
use serde_json::{Value, json};

use crate::args::{InputAction, InputArgs, PressArgs, SensorsAction, SensorsArgs};
use crate::client::types::{Sensor, SensorList};
use crate::client::{Device, decode};
use crate::error::Result;
use crate::output::{self, BAD, Cell, GOOD, STRONG};

pub fn sensors(device: &Device, args: &SensorsArgs, json: bool) -> Result<()> {
    let value = match args.action {
        None => device.sensors()?,
        Some(SensorsAction::Set { id, value }) => device.set_sensor(id, value)?,
    };
    if json {
        output::print_json(&value);
        return Ok(());
    }
    if args.action.is_some() {
        let sensor: Sensor = decode(value)?;
        let (name, value) = (output::clean(&sensor.name), measured(&sensor));
        let unit = output::clean(&sensor.unit);
        let line = format!("{GOOD}set{GOOD:#} {STRONG}{name}{STRONG:#} to {value} {unit}");
        output::print_line(line.trim_end());
        return Ok(());
    }
    let list: SensorList = decode(value)?;
    if list.sensors.is_empty() {
        output::print_line("The device has no sensors.");
        return Ok(());
    }
    let rows: Vec<_> = list
        .sensors
        .iter()
        .map(|sensor| {
            let value = measured(sensor);
            [
                Cell::plain(sensor.id.to_string()),
                Cell::styled(sensor.name.as_str(), STRONG),
                if sensor.value.is_some() { Cell::plain(value) } else { Cell::styled(value, BAD) },
                Cell::plain(sensor.unit.as_str()),
            ]
        })
        .collect();
    output::print_table(["ID", "NAME", "VALUE", "UNIT"], &rows);
    Ok(())
}

fn measured(sensor: &Sensor) -> String {
    sensor.value.map_or_else(|| "unreadable".to_owned(), |value| value.to_string())
}

pub fn input(device: &Device, args: &InputArgs, json: bool) -> Result<()> {
    let (answer, done) = match &args.action {
        InputAction::Button { name, press } => {
            // The device knows them by their exact names.
            let known = BUTTON_NAMES.iter().find(|known| known.eq_ignore_ascii_case(name));
            let button = known.copied().unwrap_or(name);
            let event = |pressed| json!({ "kind": "button", "button": button, "pressed": pressed });
            let (answer, done) = steps(device, *press, event)?;
            (answer, format!("{GOOD}{done}{GOOD:#} {STRONG}{button}{STRONG:#}"))
        }
        InputAction::Touch { x, y, press } => {
            let event = |pressed| json!({ "kind": "touch", "x": x, "y": y, "pressed": pressed });
            let (answer, done) = steps(device, *press, event)?;
            (answer, format!("{GOOD}{done}{GOOD:#} the panel at {x}, {y}"))
        }
        InputAction::Analog { channel, value } => {
            let event = json!({ "kind": "analog", "channel": channel, "value": value });
            let done = format!("{GOOD}moved{GOOD:#} channel {channel} to {value}");
            (device.input(&event)?, done)
        }
    };
    if json {
        output::print_json(&answer);
    } else {
        output::print_line(&done);
    }
    Ok(())
}

/// Presses and lets go, or one of both; returns the last answer and what was done.
fn steps(
    device: &Device,
    press: PressArgs,
    event: impl Fn(bool) -> Value,
) -> Result<(Value, &'static str)> {
    if press.release {
        return Ok((device.input(&event(false))?, "let go of"));
    }
    let answer = device.input(&event(true))?;
    if press.press {
        return Ok((answer, "pressed"));
    }
    thread::sleep(Duration::from_millis(press.hold.into()));
    Ok((device.input(&event(false))?, "pressed and let go of"))
}
