// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The small bodies of requests. A field that is unknown, missing, there twice or of the wrong type
//! is refused; so nothing that a caller meant is passed over.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use akira_abi::{CapSet, Capability};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{ApiError, Code};
use super::origin::Origin;
use crate::config::{DeviceConfig, HostName, ORIGINS_MAX};
use crate::input::{BUTTON_NAMES, InputEvent};
use crate::manifest::MEMORY_QUOTA_RANGE;
use crate::trust::PublicKey;

/// Largest JSON body in bytes.
pub const BODY_MAX: usize = 4096;

/// Largest PEM body in bytes.
pub const PEM_MAX: usize = 8192;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    value: f32,
}

/// The body of `PUT /api/v1/sensors/{id}`: what the sensor shall measure.
pub fn sensor_value(body: &[u8]) -> Result<f32, ApiError> {
    let Value { value } = read(body, r#"{"value": 21.5}"#)?;
    if !value.is_finite() {
        return Err(ApiError::new(
            Code::BadRequest,
            "The value is too large. Send one that a 32-bit float can hold.",
        ));
    }
    Ok(value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    public_key: String,
}

/// The body of `PUT /api/v1/keys/{name}`: the key to trust.
pub fn public_key(body: &[u8]) -> Result<PublicKey, ApiError> {
    let Key { public_key } = read(body, r#"{"public_key": "64 hexadecimal digits"}"#)?;
    Ok(PublicKey::from_hex(&public_key)?)
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum Input {
    Button { button: String, pressed: bool },
    Touch { x: u16, y: u16, pressed: bool },
    Analog { channel: u8, value: u16 },
}

/// The body of `POST /api/v1/input`: what shall happen.
pub fn input(body: &[u8]) -> Result<InputEvent, ApiError> {
    let input = read(body, r#"{"kind": "button", "button": "A", "pressed": true}"#)?;
    Ok(match input {
        Input::Button { button, pressed } => {
            let number = BUTTON_NAMES.iter().position(|name| *name == button).ok_or_else(|| {
                ApiError::new(
                    Code::BadRequest,
                    format!("There is no such button. Buttons are {}.", BUTTON_NAMES.join(", ")),
                )
            })?;
            InputEvent::Button { number: number as u8, pressed }
        }
        Input::Touch { x, y, pressed } => InputEvent::Touch { x, y, pressed },
        Input::Analog { channel, value } => InputEvent::Analog { channel, value },
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grants {
    capabilities: Vec<String>,
}

/// The body of `PUT /api/v1/apps/{name}/grants`: what the app shall be granted.
pub fn grants(body: &[u8]) -> Result<CapSet, ApiError> {
    let Grants { capabilities } = read(body, r#"{"capabilities": ["fs_read"]}"#)?;
    let mut granted = CapSet::EMPTY;
    for name in capabilities {
        granted = granted.with(Capability::from_name(&name).ok_or_else(|| {
            let known = Capability::ALL.map(Capability::name).join(", ");
            ApiError::new(
                Code::BadRequest,
                format!("There is no such capability. Known are {known}."),
            )
        })?);
    }
    Ok(granted)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quota {
    // Null is something else than not there, so it must be said.
    #[serde(deserialize_with = "Option::deserialize")]
    memory_bytes: Option<u32>,
}

/// The body of `PUT /api/v1/apps/{name}/quota`: an operator's limit in bytes; `None` for what the
/// manifest asks for.
pub fn quota(body: &[u8]) -> Result<Option<u32>, ApiError> {
    let Quota { memory_bytes } = read(body, r#"{"memory_bytes": 131072}"#)?;
    let (least, most) = MEMORY_QUOTA_RANGE;
    if memory_bytes.is_some_and(|bytes| !(least..=most).contains(&bytes)) {
        return Err(ApiError::new(
            Code::BadRequest,
            format!("`memory_bytes` must be {least} to {most}, or null for what the app asks for."),
        ));
    }
    Ok(memory_bytes)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    name: String,
    allowed_origins: Vec<String>,
}

/// The body of `PUT /api/v1/config`: what the operator sets of the device.
pub fn config(body: &[u8]) -> Result<DeviceConfig, ApiError> {
    let Config { name, allowed_origins } =
        read(body, r#"{"name": "kitchen", "allowed_origins": []}"#)?;
    let bad = |text| ApiError::new(Code::BadConfig, text);
    let name = HostName::parse(&name).ok_or_else(|| {
        bad("`name` must be 1 to 31 characters, a to z, 0 to 9 and -, and - at neither end.".into())
    })?;
    if allowed_origins.len() > ORIGINS_MAX {
        return Err(bad(format!("`allowed_origins` may name at most {ORIGINS_MAX} origins.")));
    }
    let origins = allowed_origins.iter().map(|text| Origin::parse(text));
    let mut allowed_origins = origins.collect::<Option<Vec<_>>>().ok_or_else(|| {
        bad("`allowed_origins` must be origins such as https://example.com:8443, without a path."
            .into())
    })?;
    let mut seen = Vec::new();
    allowed_origins.retain(|origin| {
        let new = !seen.contains(origin);
        if new {
            seen.push(origin.clone());
        }
        new
    });
    Ok(DeviceConfig { name, allowed_origins })
}

fn read<T: DeserializeOwned>(body: &[u8], example: &str) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::new(
            Code::BadRequest,
            format!("The body is not what this path takes: {error}. Send for example {example}."),
        )
    })
}

/// The refusal of a body that is larger than `most` bytes.
pub fn too_large(most: usize) -> ApiError {
    ApiError::new(
        Code::TooLarge,
        format!("The body of this request may have at most {most} bytes."),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_of_sensors() {
        assert_eq!(sensor_value(br#"{"value":21.5}"#), Ok(21.5));
        assert_eq!(sensor_value(br#" { "value" : -3 } "#), Ok(-3.0));
        for body in [
            &b""[..],
            b"{}",
            b"21.5",
            br#"{"value":null}"#,
            br#"{"value":"21.5"}"#,
            br#"{"value":1,"value":2}"#,
            br#"{"value":1,"unit":"C"}"#,
            br#"{"value":1e39}"#,
            br#"{"value":1}x"#,
        ] {
            assert_eq!(sensor_value(body).unwrap_err().code, Code::BadRequest, "{body:?}");
        }
    }

    #[test]
    fn keys() {
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let body = format!(r#"{{"public_key":"{key}"}}"#);
        assert_eq!(crate::hex::encode(public_key(body.as_bytes()).unwrap().as_bytes()), key);
        let code = |body: &[u8]| public_key(body).unwrap_err().code;
        assert_eq!(code(br#"{"public_key":"d75a"}"#), Code::BadKey);
        assert_eq!(code(body.replace("d75a98", "zz5a98").as_bytes()), Code::BadKey);
        assert_eq!(code(br#"{"key":"d75a"}"#), Code::BadRequest);
        assert_eq!(code(b""), Code::BadRequest);
    }

    #[test]
    fn grants_and_quotas() {
        let two = CapSet::EMPTY.with(Capability::Rf).with(Capability::FsRead);
        assert_eq!(grants(br#"{"capabilities":["rf","fs_read","rf"]}"#), Ok(two));
        assert_eq!(grants(br#"{"capabilities":[]}"#), Ok(CapSet::EMPTY));
        for body in [r#"{"capabilities":["root"]}"#, r#"{"capabilities":"rf"}"#, "{}"] {
            assert_eq!(grants(body.as_bytes()).unwrap_err().code, Code::BadRequest, "{body}");
        }
        assert_eq!(quota(br#"{"memory_bytes":16384}"#), Ok(Some(16_384)));
        assert_eq!(quota(br#"{"memory_bytes":null}"#), Ok(None));
        for value in ["0", "16383", "4194305", "-1", "1e5", "\"1\"", "4294967296"] {
            let body = format!(r#"{{"memory_bytes":{value}}}"#);
            assert_eq!(quota(body.as_bytes()).unwrap_err().code, Code::BadRequest, "{value}");
        }
        assert_eq!(quota(b"{}").unwrap_err().code, Code::BadRequest);
    }

    #[test]
    fn configs() {
        let body = br#"{"name":"kitchen","allowed_origins":["https://A.example:443","https://a.example"]}"#;
        let read = config(body).unwrap();
        assert_eq!(read.name.as_str(), "kitchen");
        assert_eq!(read.allowed_origins.len(), 1);
        for (body, code) in [
            (r#"{"name":"kitchen"}"#, Code::BadRequest),
            (r#"{"name":"kitchen","allowed_origins":[],"tls":true}"#, Code::BadRequest),
            (r#"{"name":"Kitchen","allowed_origins":[]}"#, Code::BadConfig),
            (r#"{"name":"k","allowed_origins":["*"]}"#, Code::BadConfig),
            (
                r#"{"name":"k","allowed_origins":["http://a","http://b","http://c","http://d","http://e"]}"#,
                Code::BadConfig,
            ),
        ] {
            assert_eq!(config(body.as_bytes()).unwrap_err().code, code, "{body}");
        }
    }

    #[test]
    fn input_events() {
        assert_eq!(
            input(br#"{"kind":"button","button":"left","pressed":true}"#),
            Ok(InputEvent::Button { number: 6, pressed: true })
        );
        assert_eq!(
            input(br#"{"pressed":false,"y":2,"x":1,"kind":"touch"}"#),
            Ok(InputEvent::Touch { x: 1, y: 2, pressed: false })
        );
        assert_eq!(
            input(br#"{"kind":"analog","channel":1,"value":65535}"#),
            Ok(InputEvent::Analog { channel: 1, value: 65535 })
        );
        for body in [
            &br#"{"kind":"button","button":"E","pressed":true}"#[..],
            br#"{"kind":"button","button":"A"}"#,
            br#"{"kind":"button","button":"A","pressed":1}"#,
            br#"{"kind":"button","button":"A","pressed":true,"x":1}"#,
            br#"{"kind":"touch","x":-1,"y":0,"pressed":true}"#,
            br#"{"kind":"touch","x":65536,"y":0,"pressed":true}"#,
            br#"{"kind":"analog","channel":0,"value":65536}"#,
            br#"{"kind":"shake"}"#,
            br#"{"button":"A","pressed":true}"#,
            b"[]",
        ] {
            let error = input(body).unwrap_err();
            assert_eq!(error.code, Code::BadRequest);
            assert!(error.message.ends_with('.'), "{}", error.message);
        }
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = sensor_value(&body);
            let _ = (input(&body), grants(&body), quota(&body), config(&body));
        }
    }
}
