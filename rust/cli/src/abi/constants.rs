// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The numbers that have names in every language: limits, flags, ids and kinds.

use akira_abi::{
    DISPLAY_TEXT_MAX, IPC_MESSAGE_MAX, KV_KEY_MAX, KV_VALUE_MAX, LOG_TEXT_MAX, PATH_MAX,
    RANDOM_MAX, RF_PACKET_MAX, open_flags, sensor::SENSORS, whence,
};
use akira_core::input::BUTTON_NAMES;

/// A named number of the API with its meaning.
pub(super) struct Constant {
    pub name: String,
    pub value: i32,
    pub doc: String,
}

/// Constants that belong together.
pub(super) struct Group {
    /// What they are.
    pub title: &'static str,
    /// What their names begin with in C (after `AKIRA_`) and AssemblyScript.
    pub prefix: &'static str,
    /// Their Rust module.
    pub module: &'static str,
    pub constants: Vec<Constant>,
}

fn constant(name: &str, value: i32, doc: &str) -> Constant {
    Constant { name: name.into(), value, doc: doc.into() }
}

/// The longest things that a call takes or keeps, in bytes.
pub(super) const LIMITS: [(&str, usize, &str); 8] = [
    (
        "LOG_TEXT_MAX",
        LOG_TEXT_MAX,
        "Longest text of one log record, in bytes; what is longer is cut.",
    ),
    ("PATH_MAX", PATH_MAX, "Longest path, in bytes. Paths are relative to the app's own folder."),
    ("RANDOM_MAX", RANDOM_MAX, "Most random bytes of one call."),
    ("DISPLAY_TEXT_MAX", DISPLAY_TEXT_MAX, "Longest text of one drawing call, in bytes."),
    ("RF_PACKET_MAX", RF_PACKET_MAX, "Longest radio packet, in bytes."),
    ("IPC_MESSAGE_MAX", IPC_MESSAGE_MAX, "Longest message between apps, in bytes."),
    ("KV_KEY_MAX", KV_KEY_MAX, "Longest key of the key-value store, in bytes."),
    ("KV_VALUE_MAX", KV_VALUE_MAX, "Longest value of the key-value store, in bytes."),
];

/// Every group, in the order in which they are printed.
pub(super) fn groups() -> Vec<Group> {
    vec![
        Group {
            title: "Flags of `fs_open`",
            prefix: "OPEN",
            module: "open_flags",
            constants: vec![
                constant("READ", open_flags::READ, "Reads are allowed."),
                constant("WRITE", open_flags::WRITE, "Writes are allowed."),
                constant("CREATE", open_flags::CREATE, "Create the file when it is not there."),
                constant("TRUNCATE", open_flags::TRUNCATE, "Cut the file to zero length."),
                constant("APPEND", open_flags::APPEND, "Every write goes to the end."),
            ],
        },
        Group {
            title: "Where `fs_seek` starts",
            prefix: "SEEK",
            module: "whence",
            constants: vec![
                constant("START", whence::START, "From the first byte."),
                constant("CURRENT", whence::CURRENT, "From the current position."),
                constant("END", whence::END, "From the end."),
            ],
        },
        Group {
            title: "Sensor ids",
            prefix: "SENSOR",
            module: "sensor",
            constants: (0..).zip(&SENSORS).map(|(id, s)| sensor(id, s.name, s.unit)).collect(),
        },
        Group {
            title: "Buttons: bit numbers of `input_read_buttons`, codes of button events",
            prefix: "BUTTON",
            module: "button",
            constants: (0..).zip(BUTTON_NAMES).map(|(bit, name)| button(bit, name)).collect(),
        },
        Group {
            title: "Kinds of the events of `input_next_event`",
            prefix: "INPUT",
            module: "input_kind",
            constants: vec![
                constant("BUTTON", 1, "The code is a button, the value 1 pressed or 0 released."),
                constant(
                    "TOUCH",
                    2,
                    "The code is x * 65536 + y, the value 1 touched or 0 released.",
                ),
                constant("ANALOG", 3, "The code is a channel, the value 0 to 65535."),
                constant("LOST", 4, "The value is how many events were dropped here."),
            ],
        },
        Group {
            title: "What `on_event` is called with",
            prefix: "EVENT",
            module: "event",
            constants: vec![
                constant("INPUT", 1, "An input event waits: input_next_event."),
                constant("RF", 2, "A radio packet waits: rf_recv."),
                constant("IPC", 3, "A message of another app waits: ipc_recv."),
            ],
        },
    ]
}

fn sensor(id: i32, name: &str, unit: &str) -> Constant {
    let doc = match unit {
        "" => format!("Sensor {name}, without a unit."),
        unit => format!("Sensor {name}, in {unit}."),
    };
    constant(&name.to_uppercase(), id, &doc)
}

fn button(bit: i32, name: &str) -> Constant {
    constant(&name.to_uppercase(), bit, &format!("Button {name}."))
}
