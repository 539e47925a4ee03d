// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What goes wrong, as a code for programs and a sentence for people.

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;

use akira_abi::Errno;
use serde::Serialize;

use crate::firmware::ImageError;
use crate::manifest::ManifestError;
use crate::module::ScanError;
use crate::signature::SignatureError;
use crate::trust::TrustError;

macro_rules! codes {
    ($($name:ident $status:literal $text:literal, $doc:literal;)*) => {
        /// A kind of error. Codes are part of the API: they keep their name and their status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $doc] $name,)*
        }

        impl Code {
            /// Every code, for the reference and for tests.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The code in an answer's body.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Code::$name => $status,)* }
            }
        }
    };
}

codes! {
    BadRequest 400 "bad_request", "The request is malformed.";
    BadName 400 "bad_name", "The app's or key's name is not allowed.";
    BadKey 400 "bad_key", "The public key is none.";
    BadImage 400 "bad_image", "The firmware image is none, is damaged, or is of a kind that does not run here.";
    BadModule 400 "bad_module", "The module is not valid WebAssembly or not one this device takes.";
    NoManifest 400 "no_manifest", "The module has no manifest.";
    BadManifest 400 "bad_manifest", "The manifest cannot be read or asks for what there is not.";
    NameMismatch 400 "name_mismatch", "The manifest names another app than the path.";
    UnknownImport 400 "unknown_import", "The module imports what this device does not have.";
    LengthMismatch 400 "length_mismatch", "The body ended before or after its declared length.";
    DigestMismatch 400 "digest_mismatch", "What arrived has not the SHA-256 that was announced.";
    BadMultipart 400 "bad_multipart", "The multipart body cannot be taken apart or has no file.";
    BadPath 400 "bad_path", "The path of a file is not allowed.";
    BadConfig 400 "bad_config", "The configuration has a value that is not allowed.";
    Unauthorized 401 "unauthorized", "The bearer token is missing or wrong.";
    Forbidden 403 "forbidden", "The token is right but not for this.";
    ForbiddenOrigin 403 "forbidden_origin", "A web page of this origin may not use the device.";
    Unsigned 403 "unsigned", "The device takes only apps or firmware images that are signed.";
    BadSignature 403 "bad_signature", "The signature of the app or the firmware image is broken or of a key that is not trusted.";
    NotFound 404 "not_found", "There is no such path, app, key, sensor or button.";
    MethodNotAllowed 405 "method_not_allowed", "The path does not know this method.";
    Timeout 408 "timeout", "The request did not go on for too long.";
    AlreadyRunning 409 "already_running", "The app runs already.";
    NotRunning 409 "not_running", "The app does not run.";
    NoPrevious 409 "no_previous", "No version of the app is kept that could come back.";
    Running 409 "running", "The app runs; it must be stopped first.";
    Busy 409 "busy", "Another request is at work on the same app or the firmware, or too many events wait.";
    IsDirectory 409 "is_directory", "The path is a directory, not a file.";
    NotEmpty 409 "not_empty", "The directory is not empty.";
    NotNewer 409 "not_newer", "The firmware image is not newer than the one that runs.";
    Unconfirmed 409 "unconfirmed", "The firmware that runs is on trial; it must be confirmed or reverted first.";
    NoImage 409 "no_image", "The secondary slot holds no image for that.";
    WrongOffset 409 "wrong_offset", "The upload does not go on where the device has it.";
    Unchanged 412 "unchanged", "The device has this very module already.";
    TooLarge 413 "too_large", "The module, the firmware image or the body is larger than a device takes.";
    StartFailed 422 "start_failed", "The app could not be brought into memory.";
    UpgradeRequired 426 "upgrade_required", "The path answers WebSocket requests only.";
    TooManyAttempts 429 "too_many_attempts", "Too many requests came with a wrong token.";
    Internal 500 "internal", "The device's storage or the device itself failed.";
    NotSupported 501 "not_supported", "This device does not have that.";
    NoSlot 503 "no_slot", "As many apps run as can.";
    NoMemory 503 "no_memory", "There is not enough memory.";
    TooManyStreams 503 "too_many_streams", "As many event streams are open as can be.";
    TooManyTransfers 503 "too_many_transfers", "As many transfers are under way as can be.";
    TooManyApps 507 "too_many_apps", "As many apps are installed as can be.";
    TooManyKeys 507 "too_many_keys", "As many keys are trusted as can be.";
    NoSpace 507 "no_space", "The storage is full.";
}

/// One error with its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Its kind.
    pub code: Code,
    /// A sentence that says what to do.
    pub message: Cow<'static, str>,
    /// For [`Code::MethodNotAllowed`]: the methods that the path knows.
    pub allow: Option<&'static str>,
    /// For [`Code::TooManyAttempts`]: in how many seconds another one is looked at.
    pub retry_after_s: Option<u32>,
}

#[derive(Serialize)]
struct Body<'a> {
    error: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    code: &'static str,
    message: &'a str,
}

impl ApiError {
    /// An error of that kind.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), allow: None, retry_after_s: None }
    }

    /// The path knows only these methods.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let message = format!("This path knows only {allow}.");
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed, message) }
    }

    /// Storage failed while doing `what`.
    pub fn storage(what: &str, errno: Errno) -> Self {
        match errno {
            Errno::ENOSPC => Self::new(
                Code::NoSpace,
                "The storage is full. Uninstall an app or delete files, then try again.",
            ),
            Errno::ENOMEM => Self::no_memory(),
            errno => Self::new(Code::Internal, format!("Could not {what}: {errno}")),
        }
    }

    /// There is not enough memory right now.
    pub fn no_memory() -> Self {
        Self::new(
            Code::NoMemory,
            "There is not enough memory for this now. Stop an app, then try again.",
        )
    }

    /// The body of the answer.
    pub fn body(&self) -> Vec<u8> {
        let body = Body { error: Inner { code: self.code.name(), message: &self.message } };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl From<ScanError> for ApiError {
    fn from(error: ScanError) -> Self {
        let code = match error {
            ScanError::TwoManifests | ScanError::ManifestTooLarge => Code::BadManifest,
            ScanError::SignatureNotLast | ScanError::SignatureTooLarge => Code::BadSignature,
            _ => Code::BadModule,
        };
        Self::new(code, format!("{error}"))
    }
}

impl From<SignatureError> for ApiError {
    fn from(error: SignatureError) -> Self {
        let code = match error {
            SignatureError::Unsigned => Code::Unsigned,
            _ => Code::BadSignature,
        };
        Self::new(code, format!("{error}"))
    }
}

impl From<TrustError> for ApiError {
    fn from(error: TrustError) -> Self {
        let code = match error {
            TrustError::BadKey | TrustError::KnownAs(_) => Code::BadKey,
            TrustError::TooMany => Code::TooManyKeys,
        };
        Self::new(code, format!("{error}"))
    }
}

impl From<ImageError> for ApiError {
    fn from(error: ImageError) -> Self {
        let code = match error {
            ImageError::Unsigned => Code::Unsigned,
            ImageError::BadSignature => Code::BadSignature,
            ImageError::NoKey => Code::NotSupported,
            ImageError::TooLarge { .. } => Code::TooLarge,
            ImageError::NotNewer { .. } | ImageError::Rollback { .. } => Code::NotNewer,
            _ => Code::BadImage,
        };
        Self::new(code, format!("{error}"))
    }
}

impl From<ManifestError> for ApiError {
    fn from(error: ManifestError) -> Self {
        Self::new(Code::BadManifest, error.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_json_whatever_the_message() {
        let error = ApiError::new(Code::BadName, "a \"quoted\"\n<name>");
        let value: serde_json::Value = serde_json::from_slice(&error.body()).unwrap();
        assert_eq!(value["error"]["code"], "bad_name");
        assert_eq!(value["error"]["message"], "a \"quoted\"\n<name>");
    }

    #[test]
    fn codes_are_unique_and_statuses_are_errors() {
        for (place, code) in Code::ALL.iter().enumerate() {
            assert!((400..600).contains(&code.status()));
            assert!(Code::ALL[..place].iter().all(|other| other.name() != code.name()));
        }
    }
}
