// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The device's HTTP API, version 1, as functions.
//!
//! Answers are handed on as JSON, so that `--json` prints what the device said; [`types`] reads them.
//! Every failure becomes a [`CliError`] with the right kind: the device refused, did not answer, or
//! does not know the token.

pub mod types;
mod upload;

use std::io::Read;
use std::time::Duration;

use akira_abi::{CapSet, Capability};
use akira_core::name::AppName;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ureq::http::{Response, Uri};
use ureq::typestate::WithBody;
use ureq::{Agent, Body, RequestBuilder, SendBody};

use crate::args::Args;
use crate::error::{CliError, Result};

/// Largest answer that is read. The longest, an app's log, is a few KiB.
const ANSWER_MAX: u64 = 1024 * 1024;

/// Largest picture that is read: more than any display on a board has pixels for.
const PICTURE_MAX: u64 = 16 * 1024 * 1024;

/// How long a device may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long it may take to answer. Flash is slow, and a stop waits for the app.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// A device, by its address.
pub struct Device {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

impl Device {
    /// The device that the command line names.
    pub fn from_args(args: &Args) -> Result<Self> {
        let base = base_url(&args.device)?;
        let token = args.token()?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .user_agent(concat!("akira/", env!("CARGO_PKG_VERSION")))
            .proxy(None)
            .build();
        Ok(Self {
            agent: config.into(),
            base,
            authorization: token.map(|token| format!("Bearer {token}")),
        })
    }

    pub fn status(&self) -> Result<Value> {
        self.get("/status")
    }

    pub fn apps(&self) -> Result<Value> {
        self.get("/apps")
    }

    pub fn app(&self, name: &AppName) -> Result<Value> {
        self.get(&format!("/apps/{name}"))
    }

    pub fn start(&self, name: &AppName) -> Result<Value> {
        self.post(&format!("/apps/{name}/start"))
    }

    pub fn stop(&self, name: &AppName) -> Result<Value> {
        self.post(&format!("/apps/{name}/stop"))
    }

    pub fn uninstall(&self, name: &AppName) -> Result<Value> {
        let request = self.agent.delete(self.url(&format!("/apps/{name}")));
        self.answer(self.authorize(request).call())
    }

    pub fn log(&self, name: &AppName, since: u32) -> Result<Value> {
        self.get(&format!("/apps/{name}/log?since={since}"))
    }

    pub fn sensors(&self) -> Result<Value> {
        self.get("/sensors")
    }

    /// Says what a simulated sensor measures.
    pub fn set_sensor(&self, id: u8, value: f32) -> Result<Value> {
        let request = self.agent.put(self.url(&format!("/sensors/{id}")));
        self.send_json(request, &json!({ "value": value }))
    }

    /// Feeds an event into a simulated device's input.
    pub fn input(&self, event: &Value) -> Result<Value> {
        self.send_json(self.agent.post(self.url("/input")), event)
    }

    /// What the display shows, as a PNG.
    pub fn display(&self) -> Result<Vec<u8>> {
        let result = self.authorize(self.agent.get(self.url("/display"))).call();
        let (status, picture) = self.read(result, PICTURE_MAX)?;
        if status == 200 { Ok(picture) } else { Err(self.refusal(status, &picture)) }
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
        let request = self.agent.put(self.url(&format!("/keys/{name}")));
        self.send_json(request, &json!({ "public_key": key }))
    }

    pub fn untrust(&self, name: &AppName) -> Result<Value> {
        let request = self.agent.delete(self.url(&format!("/keys/{name}")));
        self.answer(self.authorize(request).call())
    }

    /// Sends an app, which does not get what is `denied`; on a terminal with a progress bar. `true`
    /// when it was not there before.
    pub fn install(&self, name: &AppName, denied: CapSet, module: &[u8]) -> Result<(Value, bool)> {
        let names: Vec<_> = denied.iter().map(Capability::name).collect();
        let query =
            if names.is_empty() { String::new() } else { format!("?deny={}", names.join(",")) };
        let mut body = upload::Progress::new(module);
        let request = self
            .agent
            .put(self.url(&format!("/apps/{name}{query}")))
            .header("Content-Type", "application/wasm")
            .header("Content-Length", module.len().to_string());
        let result = self.authorize(request).send(SendBody::from_reader(&mut body));
        body.finish();
        let new = matches!(&result, Ok(response) if response.status() == 201);
        self.answer(result).map(|value| (value, new))
    }

    fn get(&self, path: &str) -> Result<Value> {
        self.answer(self.authorize(self.agent.get(self.url(path))).call())
    }

    fn post(&self, path: &str) -> Result<Value> {
        self.answer(self.authorize(self.agent.post(self.url(path))).send_empty())
    }

    fn send_json(&self, request: RequestBuilder<WithBody>, body: &Value) -> Result<Value> {
        let request = request.header("Content-Type", "application/json");
        self.answer(self.authorize(request).send(body.to_string()))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.base)
    }

    fn authorize<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        match &self.authorization {
            Some(authorization) => request.header("Authorization", authorization),
            None => request,
        }
    }

    fn answer(&self, result: Result<Response<Body>, ureq::Error>) -> Result<Value> {
        let (status, text) = self.read(result, ANSWER_MAX)?;
        if !(200..300).contains(&status) {
            return Err(self.refusal(status, &text));
        }
        serde_json::from_slice(&text).map_err(|_| self.no_device(status))
    }

    /// Reads an answer, at most `most` bytes of it.
    fn read(
        &self,
        result: Result<Response<Body>, ureq::Error>,
        most: u64,
    ) -> Result<(u16, Vec<u8>)> {
        let mut response = result.map_err(|error| self.no_answer(&error))?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        response
            .body_mut()
            .as_reader()
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| self.no_answer(&error.into()))?;
        Ok((status, bytes))
    }

    /// What an answer that is no success means.
    fn refusal(&self, status: u16, text: &[u8]) -> CliError {
        let value: Option<Value> = serde_json::from_slice(text).ok();
        let told = value.as_ref().and_then(|value| {
            let error = value.get("error")?;
            Some((error.get("code")?.as_str()?, error.get("message")?.as_str()?))
        });
        match (status, told) {
            (401, told) => {
                let message = told.map_or("The device wants a token.", |(_, message)| message);
                CliError::unauthorized(message)
                    .hint("Give it with --token, --token-file or AKIRA_TOKEN.")
            }
            (429, Some((code, message))) => {
                CliError { code: code.into(), ..CliError::unauthorized(message) }
            }
            (_, Some((code, message))) => CliError::refused(code, message),
            (_, None) => self.no_device(status),
        }
    }

    fn no_answer(&self, error: &ureq::Error) -> CliError {
        use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        let reason = match error {
            ureq::Error::Io(error)
                if matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset) =>
            {
                return CliError::unreachable(format!(
                    "The device at {} ended the connection in the middle of it ({error}).",
                    self.base
                ))
                .hint("Look at its console, and try again.");
            }
            ureq::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        CliError::unreachable(format!("The device at {} does not answer: {reason}.", self.base))
            .hint(
                "Start a virtual device with `akira sim`, or name another one with --device or \
                 AKIRA_DEVICE.",
            )
    }

    fn no_device(&self, status: u16) -> CliError {
        CliError::unreachable(format!(
            "What answers at {} is no AkiraOS device (HTTP status {status}).",
            self.base
        ))
        .hint("Check the address given with --device or AKIRA_DEVICE.")
    }
}

/// Reads an answer; what cannot be read comes from another version or from no device at all.
pub fn decode<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| {
        CliError::unreachable(format!("The device's answer makes no sense to this akira: {error}."))
            .hint("The device may run another version; update this tool or the device.")
    })
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

/// The device's address without a path. A missing `http://` is added.
fn base_url(text: &str) -> Result<String> {
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let uri: Uri = full.parse().map_err(|_| bad_url(text))?;
    let authority = uri.authority().ok_or_else(|| bad_url(text))?;
    if uri.scheme_str() != Some("http") || !matches!(uri.path(), "" | "/") || uri.query().is_some()
    {
        return Err(bad_url(text));
    }
    Ok(format!("http://{authority}"))
}

fn bad_url(text: &str) -> CliError {
    CliError::usage(format!("'{text}' is no address of a device."))
        .hint("It looks like http://192.168.1.20 or http://127.0.0.1:8080.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_devices() {
        for (text, base) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://board.local/", "http://board.local"),
            ("192.168.1.20:80", "http://192.168.1.20:80"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(base_url(text).unwrap(), base);
        }
        for text in ["", "ftp://x", "https://x", "http://x/api/v1", "http://", "a b", "http://x?y"]
        {
            assert!(base_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bad_names_never_reach_the_network() {
        assert!(app_name("hello").is_ok());
        let error = app_name("../x").unwrap_err();
        assert_eq!((error.code.as_str(), error.kind.exit_code()), ("bad_name", 2));
    }
}
