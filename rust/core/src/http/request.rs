// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The JSON bodies of requests. A field that is unknown, missing, there twice or of the wrong type
//! is refused; so nothing that a caller meant is passed over.

use alloc::format;
use alloc::string::String;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{ApiError, Code};
use crate::input::{BUTTON_NAMES, InputEvent};
use crate::trust::PublicKey;

/// Largest JSON body in bytes.
pub const BODY_MAX: usize = 4096;

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

fn read<T: DeserializeOwned>(body: &[u8], example: &str) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::new(
            Code::BadRequest,
            format!("The body is not what this path takes: {error}. Send for example {example}."),
        )
    })
}

/// The refusal of a body that is larger than [`BODY_MAX`].
pub fn too_large() -> ApiError {
    ApiError::new(
        Code::TooLarge,
        format!("The body of this request may have at most {BODY_MAX} bytes."),
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
            let _ = input(&body);
        }
    }
}
