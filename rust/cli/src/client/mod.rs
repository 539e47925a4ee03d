// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's HTTP API, version 1, as functions.
//!
//! Answers are handed on as JSON, so that `--json` prints what the device said; [`types`] reads them.
//! Every failure becomes a [`CliError`] with the right kind: the device refused, did not answer, or
//! does not know the token.

mod http;
mod poll;
mod serial;
mod target;
mod tls;
mod transport;
pub mod types;
mod websocket;

use std::io::Read;
use std::time::Duration;

use akira_abi::{CapSet, Capability};
use akira_core::hex;
use akira_core::name::AppName;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use self::http::Http;
use self::poll::Polled;
use self::serial::Serial;
use self::target::Address;
pub use self::target::{Target, address_of};
pub use self::transport::Events;
use self::transport::{Answer, Body, Request, Transport};
use crate::args::Args;
use crate::error::{CliError, Result};
use crate::progress::Bar;

/// Largest answer that is read. The longest, an app's log, is a few KiB.
const ANSWER_MAX: u64 = 1024 * 1024;

/// Largest picture that is read: more than any display on a board has pixels for.
const PICTURE_MAX: u64 = 16 * 1024 * 1024;

/// What every path begins with.
const ROOT: &str = "/api/v1";

const JSON: &str = "application/json";

/// A device.
pub struct Device {
    transport: Box<dyn Transport>,
    name: Option<String>,
}

impl Device {
    /// The device that is meant.
    pub fn from_args(args: &Args) -> Result<Self> {
        Self::connect(Target::from_args(args)?, None)
    }

    /// The device of that name or address, for somebody who waits at the prompt.
    pub fn for_completion(text: Option<String>, patience: Duration) -> Result<Self> {
        let mut target = Target::find(text.as_deref())?;
        if target.token.is_none() {
            target.token = std::env::var("AKIRA_TOKEN").ok();
        }
        Self::connect(target, Some(patience))
    }

    /// The device there, with a limit for each request where there is to be one.
    fn connect(target: Target, patience: Option<Duration>) -> Result<Self> {
        let Target { name, address, token, trust } = target;
        let transport: Box<dyn Transport> = match address {
            Address::Http { base, secure } => {
                Box::new(Http::new(base, secure, token.as_deref(), &trust, patience)?)
            }
            Address::Serial(line) => Box::new(Serial::open(&line, token.as_deref(), patience)?),
        };
        Ok(Self { transport, name })
    }

    /// The device's address, as the user knows it.
    pub fn address(&self) -> &str {
        self.transport.address()
    }

    /// Its name in the settings, if it was named.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub fn status(&self) -> Result<Value> {
        self.get("/status")
    }

    /// Counters and measures, in the text form of OpenMetrics.
    pub fn metrics(&self) -> Result<String> {
        let bytes = self.bytes("/metrics", ANSWER_MAX)?;
        String::from_utf8(bytes).map_err(|_| no_device(self.address(), 200))
    }

    pub fn apps(&self) -> Result<Value> {
        self.get("/apps")
    }

    pub fn app(&self, name: &AppName) -> Result<Value> {
        self.get(&format!("/apps/{name}"))
    }

    pub fn start(&self, name: &AppName) -> Result<Value> {
        self.send("POST", &format!("/apps/{name}/start"), None)
    }

    pub fn stop(&self, name: &AppName) -> Result<Value> {
        self.send("POST", &format!("/apps/{name}/stop"), None)
    }

    pub fn restart(&self, name: &AppName) -> Result<Value> {
        self.send("POST", &format!("/apps/{name}/restart"), None)
    }

    /// Puts the version before the last update in place again.
    pub fn rollback(&self, name: &AppName) -> Result<Value> {
        self.send("POST", &format!("/apps/{name}/rollback"), None)
    }

    pub fn uninstall(&self, name: &AppName) -> Result<Value> {
        self.send("DELETE", &format!("/apps/{name}"), None)
    }

    /// Grants exactly these capabilities.
    pub fn set_grants(&self, name: &AppName, granted: CapSet) -> Result<Value> {
        let names: Vec<_> = granted.iter().map(Capability::name).collect();
        self.send("PUT", &format!("/apps/{name}/grants"), Some(&json!({ "capabilities": names })))
    }

    /// Limits an app's memory; `None` leaves it to its manifest.
    pub fn set_quota(&self, name: &AppName, bytes: Option<u32>) -> Result<Value> {
        self.send("PUT", &format!("/apps/{name}/quota"), Some(&json!({ "memory_bytes": bytes })))
    }

    pub fn log(&self, name: &AppName, since: u32) -> Result<Value> {
        self.get(&format!("/apps/{name}/log?since={since}"))
    }

    pub fn sensors(&self) -> Result<Value> {
        self.get("/sensors")
    }

    /// Says what a simulated sensor measures.
    pub fn set_sensor(&self, id: u8, value: f32) -> Result<Value> {
        self.send("PUT", &format!("/sensors/{id}"), Some(&json!({ "value": value })))
    }

    /// Feeds an event into a simulated device's input.
    pub fn input(&self, event: &Value) -> Result<Value> {
        self.send("POST", "/input", Some(event))
    }

    /// What the display shows, as a PNG.
    pub fn display(&self) -> Result<Vec<u8>> {
        self.bytes("/display", PICTURE_MAX)
    }

    /// Records of the audit log from this number on.
    pub fn audit(&self, since: u32) -> Result<Value> {
        self.get(&format!("/audit?since={since}"))
    }

    /// The trusted keys.
    pub fn keys(&self) -> Result<Value> {
        self.get("/keys")
    }

    /// Has the device trust a public key, given in hexadecimal.
    pub fn trust(&self, name: &AppName, key: &str) -> Result<Value> {
        self.send("PUT", &format!("/keys/{name}"), Some(&json!({ "public_key": key })))
    }

    pub fn untrust(&self, name: &AppName) -> Result<Value> {
        self.send("DELETE", &format!("/keys/{name}"), None)
    }

    /// The device's own settings.
    pub fn config(&self) -> Result<Value> {
        self.get("/config")
    }

    pub fn set_config(&self, config: &Value) -> Result<Value> {
        self.send("PUT", "/config", Some(config))
    }

    /// Stores a certificate and its key, in PEM.
    pub fn set_tls(&self, pem: &[u8]) -> Result<Value> {
        self.upload("/config/tls", "application/x-pem-file", pem).map(|(value, _)| value)
    }

    pub fn remove_tls(&self) -> Result<Value> {
        self.send("DELETE", "/config/tls", None)
    }

    /// The firmware's slots, and how the last update went.
    pub fn firmware(&self) -> Result<Value> {
        self.get("/firmware")
    }

    /// Sends the rest of a firmware image from `offset` on; on a terminal with a progress bar.
    pub fn write_firmware(&self, image: &[u8], sha256: &str, offset: usize) -> Result<Value> {
        let path = format!("/firmware?sha256={sha256}");
        let path = if offset == 0 { path } else { format!("{path}&offset={offset}") };
        let bar = Bar::bytes(Some(image.len() as u64)).done_before(offset as u64);
        let rest = image.get(offset..).unwrap_or_default();
        self.upload_with(&bar, &path, "application/octet-stream", rest).map(|(value, _)| value)
    }

    /// Has the device do something with its firmware: `test`, `confirm` or `revert`.
    pub fn change_firmware(&self, what: &str) -> Result<Value> {
        self.send("POST", &format!("/firmware/{what}"), None)
    }

    /// Has the device restart in a moment.
    pub fn reboot(&self) -> Result<Value> {
        self.send("POST", "/reboot", None)
    }

    /// Makes a new token of this kind: `admin` or `read`.
    pub fn make_token(&self, kind: &str) -> Result<Value> {
        self.send("POST", &format!("/tokens/{kind}"), None)
    }

    pub fn revoke_read_token(&self) -> Result<Value> {
        self.send("DELETE", "/tokens/read", None)
    }

    /// What is in a folder below the apps' data.
    pub fn list(&self, path: &str) -> Result<Value> {
        let path = format!("{ROOT}{}", files(path));
        let answer = self.transport.exchange(&Request::new("GET", &path))?;
        if answer.status == 200 && !answer.json {
            return Err(CliError::refused("not_directory", "That is a file, not a folder.")
                .hint("Fetch it with `akira files get`."));
        }
        self.answer(answer).map(|(value, _)| value)
    }

    /// Fetches a file of at most so many bytes; on a terminal with a progress bar.
    pub fn fetch(&self, path: &str, most: u64) -> Result<Vec<u8>> {
        let path = format!("{ROOT}{}", files(path));
        let answer = self.transport.exchange(&Request::new("GET", &path))?;
        if answer.status != 200 {
            return Err(self.refused(answer));
        }
        if answer.json {
            return Err(CliError::refused("is_directory", "That is a folder, not a file.")
                .hint("List it with `akira files ls`, and name a file."));
        }
        let (length, bar) = (answer.length, Bar::bytes(answer.length));
        let mut bytes = Vec::new();
        let mut piece = vec![0; 16 * 1024];
        let mut body = answer.body.take(most + 1);
        loop {
            let count = body.read(&mut piece).map_err(|error| self.cut(&error))?;
            if count == 0 {
                break;
            }
            bytes.extend_from_slice(&piece[..count]);
            bar.add(count as u64);
        }
        let size = bytes.len() as u64;
        if size > most || length.is_some_and(|length| length != size) {
            return Err(self.cut(&std::io::ErrorKind::UnexpectedEof.into()));
        }
        Ok(bytes)
    }

    /// Sends a file.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<Value> {
        self.upload(&files(path), "application/octet-stream", bytes).map(|(value, _)| value)
    }

    pub fn remove(&self, path: &str) -> Result<Value> {
        self.send("DELETE", &files(path), None)
    }

    /// Sends an app, which does not get what is `denied`; on a terminal with a progress bar. `true`
    /// when it was not there before.
    pub fn install(&self, name: &AppName, denied: CapSet, module: &[u8]) -> Result<(Value, bool)> {
        let names: Vec<_> = denied.iter().map(Capability::name).collect();
        let deny =
            if names.is_empty() { String::new() } else { format!("&deny={}", names.join(",")) };
        let sha256 = hex::encode(&Sha256::digest(module));
        let path = format!("/apps/{name}?sha256={sha256}{deny}");
        let (value, status) = self.upload(&path, "application/wasm", module)?;
        Ok((value, status == 201))
    }

    /// Opens the event stream: with these types of messages, or else the usual ones, and about this
    /// app only, or else about all. A device that has none is asked again and again.
    pub fn events(&self, types: &[&str], app: Option<&AppName>) -> Result<Box<dyn Events + '_>> {
        let mut query = Vec::new();
        if !types.is_empty() {
            query.push(format!("types={}", types.join(",")));
        }
        query.extend(app.map(|app| format!("app={app}")));
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        match self.transport.events(&format!("{ROOT}/events{query}"))? {
            Some(events) => Ok(events),
            None => Ok(Box::new(Polled::new(self, types, app.cloned()))),
        }
    }

    fn get(&self, path: &str) -> Result<Value> {
        self.send("GET", path, None)
    }

    fn send(&self, method: &'static str, path: &str, body: Option<&Value>) -> Result<Value> {
        let path = format!("{ROOT}{path}");
        let text = body.map(Value::to_string);
        let request = Request {
            body: text.as_ref().map(|text| Body {
                content_type: JSON,
                bytes: text.as_bytes(),
                sent: &|_| {},
            }),
            ..Request::new(method, &path)
        };
        self.answer(self.transport.exchange(&request)?).map(|(value, _)| value)
    }

    /// Sends something long, with a progress bar. Returns the status, too.
    fn upload(&self, path: &str, content_type: &'static str, bytes: &[u8]) -> Result<(Value, u16)> {
        let bar = Bar::bytes(Some(bytes.len() as u64));
        self.upload_with(&bar, path, content_type, bytes)
    }

    /// The same, with this bar.
    fn upload_with(
        &self,
        bar: &Bar,
        path: &str,
        content_type: &'static str,
        bytes: &[u8],
    ) -> Result<(Value, u16)> {
        let path = format!("{ROOT}{path}");
        let sent = |count| bar.add(count);
        let request = Request {
            body: Some(Body { content_type, bytes, sent: &sent }),
            ..Request::new("PUT", &path)
        };
        self.answer(self.transport.exchange(&request)?)
    }

    /// What an answer of success brings, at most so many bytes of it.
    fn bytes(&self, path: &str, most: u64) -> Result<Vec<u8>> {
        let path = format!("{ROOT}{path}");
        let answer = self.transport.exchange(&Request::new("GET", &path))?;
        if answer.status == 200 { self.read(answer, most) } else { Err(self.refused(answer)) }
    }

    fn answer(&self, answer: Answer<'_>) -> Result<(Value, u16)> {
        let status = answer.status;
        if !(200..300).contains(&status) {
            return Err(self.refused(answer));
        }
        let text = self.read(answer, ANSWER_MAX)?;
        if status == 204 {
            return Ok((json!({}), status));
        }
        let value = serde_json::from_slice(&text).map_err(|_| no_device(self.address(), status))?;
        Ok((value, status))
    }

    fn refused(&self, answer: Answer<'_>) -> CliError {
        let (status, retry) = (answer.status, answer.retry_after);
        match self.read(answer, ANSWER_MAX) {
            Ok(text) => refusal(self.address(), status, retry, &text),
            Err(error) => error,
        }
    }

    fn read(&self, answer: Answer<'_>, most: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        answer.body.take(most).read_to_end(&mut bytes).map_err(|error| self.cut(&error))?;
        Ok(bytes)
    }

    fn cut(&self, error: &std::io::Error) -> CliError {
        let address = self.address();
        CliError::unreachable(format!(
            "The device at {address} ended the connection in the middle of it ({error})."
        ))
        .hint("Look at its console, and try again.")
    }
}

/// What an answer that is no success means.
fn refusal(address: &str, status: u16, retry_after: Option<u64>, text: &[u8]) -> CliError {
    let value: Option<Value> = serde_json::from_slice(text).ok();
    let told = value.as_ref().and_then(|value| {
        let error = value.get("error")?;
        Some((error.get("code")?.as_str()?, error.get("message")?.as_str()?))
    });
    match (status, told) {
        (401, told) => {
            let message = told.map_or("The device wants a token.", |(_, message)| message);
            CliError::unauthorized(message).hint(
                "Give it with --token-file or AKIRA_TOKEN, or keep it for a name with \
                 `akira device add`.",
            )
        }
        (429, told) => {
            let (code, message) = told.unwrap_or(("too_many_requests", "Too many wrong tokens."));
            let error = CliError { code: code.into(), ..CliError::unauthorized(message) };
            match retry_after {
                // The device's own words say it already.
                Some(seconds) if message.contains(&format!(" {seconds} s")) => error,
                Some(1) => error.hint("Try again in 1 second."),
                Some(seconds) => error.hint(format!("Try again in {seconds} seconds.")),
                None => error,
            }
        }
        (403, Some((code @ "forbidden", message))) => {
            CliError { code: code.into(), ..CliError::unauthorized(message) }
        }
        (_, Some((code, message))) => CliError::refused(code, message),
        // Servers in general are busy at times.
        (503, None) => CliError::unreachable(format!("The device at {address} is busy."))
            .hint("Try again in a moment."),
        (_, None) => no_device(address, status),
    }
}

fn no_device(address: &str, status: u16) -> CliError {
    let status = if status == 0 { String::new() } else { format!(" (HTTP status {status})") };
    CliError::unreachable(format!("What answers at {address} is no AkiraOS device{status}."))
        .hint("Check the address given with --device or AKIRA_DEVICE.")
}

/// The path of a file on the device, from the one that a user wrote. Slashes stay; the device
/// decides what may be.
fn files(path: &str) -> String {
    let mut whole = String::from("/files");
    let path = path.trim_start_matches('/').trim_end_matches('/');
    if path.is_empty() {
        return whole;
    }
    whole.push('/');
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                whole.push(char::from(byte));
            }
            _ => whole.push_str(&format!("%{byte:02X}")),
        }
    }
    whole
}

/// Reads an answer; what cannot be read comes from another version or from no device at all.
pub fn decode<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| {
        CliError::unreachable(format!("The device's answer makes no sense to this akira: {error}."))
            .hint("The device may run another version; update this tool or the device.")
    })
}

/// Reads a message of the event stream.
pub fn event(message: &str) -> Result<types::Event> {
    let value = serde_json::from_str(message).map_err(|_| {
        CliError::unreachable("The device's stream of events has a message that makes no sense.")
    })?;
    decode(value)
}

/// A name from the command line. Checked here because it becomes a part of the URL.
pub fn app_name(text: &str) -> Result<AppName> {
    text.parse().map_err(|error| {
        let shown: String = text.chars().take(40).collect();
        let mut error = CliError::usage(format!("'{shown}' is no name of an app. {error}"));
        error.code = "bad_name".into();
        error
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_names_never_reach_the_network() {
        assert!(app_name("hello").is_ok());
        let error = app_name("../x").unwrap_err();
        assert_eq!((error.code.as_str(), error.kind.exit_code()), ("bad_name", 2));
    }

    #[test]
    fn paths_of_files_are_encoded_once() {
        assert_eq!(files(""), "/files");
        assert_eq!(files("/"), "/files");
        assert_eq!(files("hello/a b%.txt"), "/files/hello/a%20b%25.txt");
        assert_eq!(files("/hello/dir/"), "/files/hello/dir");
        assert_eq!(files("h/\u{e9}?#"), "/files/h/%C3%A9%3F%23");
    }

    #[test]
    fn refusals_say_what_to_do() {
        let busy = br#"{"error":{"code":"too_many_attempts","message":"Wait."}}"#;
        let error = refusal("http://x", 429, Some(8), busy);
        assert_eq!((error.code.as_str(), error.kind.exit_code()), ("too_many_attempts", 5));
        assert_eq!(error.hint.as_deref(), Some("Try again in 8 seconds."));
        let told = br#"{"error":{"code":"too_many_attempts","message":"Wait 8 s."}}"#;
        assert_eq!(refusal("http://x", 429, Some(8), told).hint, None);
        assert_eq!(refusal("http://x", 404, None, b"").kind.exit_code(), 3);
        let forbidden = br#"{"error":{"code":"forbidden","message":"No."}}"#;
        assert_eq!(refusal("http://x", 403, None, forbidden).kind.exit_code(), 5);
    }
}
