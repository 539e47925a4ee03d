// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The stream of events (`GET /api/v1/events`): what its messages look like, and which of them a
//! client wants. Each message is one JSON object with a `type`; records have the fields that they
//! have in the answers of their own paths.

use alloc::format;

use serde::Serialize;

use super::error::{ApiError, Code};
use super::view;
use crate::name::AppName;

/// One message.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event<'a> {
    /// The first one: who speaks.
    Hello {
        /// The kind of device.
        device: &'a str,
        /// Its name.
        name: &'a str,
        /// Milliseconds since boot.
        time_ms: u64,
    },
    /// A record of an app's log.
    Log {
        /// The app.
        app: &'a str,
        /// The record's number.
        seq: u32,
        /// When it was written, in milliseconds since boot.
        t_ms: u64,
        /// Its level.
        level: &'static str,
        /// Its text.
        text: &'a str,
    },
    /// An app: each one at the beginning, then each that has changed.
    App {
        /// What it is now.
        app: &'a view::App,
    },
    /// An app was uninstalled.
    Removed {
        /// Its name.
        app: &'a str,
    },
    /// A transfer has begun, gone on or ended.
    Transfer {
        /// What it is now.
        transfer: &'a view::Transfer,
        /// `begun`, `progress`, `done`, `failed` or `aborted`.
        state: &'static str,
    },
    /// A record of the audit log.
    Audit {
        /// The record.
        record: &'a view::AuditRecord,
    },
    /// The display shows something else.
    Display,
    /// The client was too slow, and so many messages are lost.
    Lost {
        /// How many.
        count: u32,
    },
}

/// What a client can leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Records of apps' logs.
    Log,
    /// Changes of apps.
    App,
    /// The device's status, each second.
    Status,
    /// What is being sent to the device.
    Transfer,
    /// Records of the audit log.
    Audit,
    /// That the display shows something else.
    Display,
}

impl Topic {
    /// All topics.
    pub const ALL: [Topic; 6] =
        [Topic::Log, Topic::App, Topic::Status, Topic::Transfer, Topic::Audit, Topic::Display];

    /// Its name in a query.
    pub const fn name(self) -> &'static str {
        match self {
            Topic::Log => "log",
            Topic::App => "app",
            Topic::Status => "status",
            Topic::Transfer => "transfer",
            Topic::Audit => "audit",
            Topic::Display => "display",
        }
    }
}

/// What a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    topics: u8,
    app: Option<AppName>,
}

impl Default for Wanted {
    /// All but [`Topic::Display`], of all apps.
    fn default() -> Self {
        let topics = Topic::ALL.into_iter().filter(|topic| *topic != Topic::Display);
        Self { topics: topics.fold(0, |bits, topic| bits | 1 << topic as u8), app: None }
    }
}

impl Wanted {
    /// What a query says: `types=`, names of topics with commas between them, and `app=`, the one app
    /// whose changes and records are wanted. Other parts of it are none of this.
    pub fn from_query(query: &str) -> Result<Self, ApiError> {
        let mut wanted = Self::default();
        for pair in query.split('&') {
            if let Some(names) = pair.strip_prefix("types=") {
                // Clients may escape the comma (RFC 3986, 2.2).
                let names = names.replace("%2C", ",").replace("%2c", ",");
                wanted.topics = 0;
                for name in names.split(',').filter(|name| !name.is_empty()) {
                    let topic = Topic::ALL.into_iter().find(|topic| topic.name() == name);
                    let topic = topic.ok_or_else(unknown_topic)?;
                    wanted.topics |= 1 << topic as u8;
                }
            } else if let Some(name) = pair.strip_prefix("app=") {
                let name: AppName =
                    name.parse().map_err(|bad| ApiError::new(Code::BadName, format!("{bad}")))?;
                wanted.app = Some(name);
            }
        }
        Ok(wanted)
    }

    /// Whether it is wanted.
    pub fn has(&self, topic: Topic) -> bool {
        self.topics & (1 << topic as u8) != 0
    }

    /// Whether this app's changes and records are wanted.
    pub fn has_app(&self, name: &AppName) -> bool {
        self.app.as_ref().is_none_or(|wanted| wanted == name)
    }
}

fn unknown_topic() -> ApiError {
    let known = Topic::ALL.map(Topic::name).join(", ");
    ApiError::new(
        Code::BadRequest,
        format!("`types` names an unknown type of event. Known are {known}."),
    )
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn topics(query: &str) -> alloc::string::String {
        let wanted = Wanted::from_query(query).unwrap();
        let names = Topic::ALL.into_iter().filter(|topic| wanted.has(*topic)).map(Topic::name);
        names.collect::<alloc::vec::Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_client_wants() {
        assert_eq!(topics(""), "log app status transfer audit");
        assert_eq!(topics("ticket=abc"), "log app status transfer audit");
        assert_eq!(topics("types=display,log&x"), "log display");
        assert_eq!(topics("types=display%2Clog"), "log display");
        assert_eq!(topics("types="), "");
        let only = Wanted::from_query("app=hello").unwrap();
        assert!(only.has_app(&"hello".parse().unwrap()));
        assert!(!only.has_app(&"other".parse().unwrap()));
        let code = |query| Wanted::from_query(query).unwrap_err().code;
        assert_eq!(code("types=log,all"), Code::BadRequest);
        assert_eq!(code("app=../x"), Code::BadName);
    }

    #[test]
    fn messages_have_a_type() {
        let json = |event: &Event<'_>| serde_json::to_value(event).unwrap().to_string();
        assert_eq!(json(&Event::Display), r#"{"type":"display"}"#);
        assert_eq!(json(&Event::Lost { count: 3 }), r#"{"count":3,"type":"lost"}"#);
        let text = json(&Event::Removed { app: "a\"b" });
        assert_eq!(text, r#"{"app":"a\"b","type":"removed"}"#);
    }
}
