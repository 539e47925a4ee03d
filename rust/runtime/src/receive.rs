// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A request's body on its way to a sink: as it is, or as the file in a form.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;

use akira_core::http::{ApiError, Code, view};
use akira_core::multipart::{MultipartError, Parser};
use akira_core::path::DataPath;

use crate::http::{Head, Reply};
use crate::install::length_mismatch;
use crate::platform::Platform;
use crate::runtime::Runtime;
use crate::transfer::{Begin, Outcome, Sink, Transfer};
use crate::view::json;

/// A body that goes to a sink. Dropping it aborts the transfer.
pub(crate) struct Receiving<P: Platform> {
    runtime: Arc<Runtime<P>>,
    transfer: Transfer<P>,
    form: Option<Form>,
    path: Option<DataPath>,
}

/// A form, as far as it has come.
struct Form {
    parser: Box<Parser>,
    declared: Option<u64>,
    received: u64,
}

impl<P: Platform> Receiving<P> {
    /// Begins to send the body of the request `head` to `sink`. `sha256` is what it shall have.
    pub(crate) fn begin(
        runtime: &Arc<Runtime<P>>,
        head: &Head<'_>,
        sink: Sink,
        sha256: Option<[u8; 32]>,
    ) -> Result<Self, ApiError> {
        Self::open(runtime, head, sink, sha256, None)
    }

    /// The same for the file in a form.
    pub(crate) fn begin_form(
        runtime: &Arc<Runtime<P>>,
        head: &Head<'_>,
        sink: Sink,
        sha256: Option<[u8; 32]>,
    ) -> Result<Self, ApiError> {
        let parser = Parser::new(head.content_type.unwrap_or("")).map_err(FormError::from)?;
        let form = Form { parser: Box::new(parser), declared: head.content_length, received: 0 };
        Self::open(runtime, head, sink, sha256, Some(form))
    }

    fn open(
        runtime: &Arc<Runtime<P>>,
        head: &Head<'_>,
        sink: Sink,
        sha256: Option<[u8; 32]>,
        form: Option<Form>,
    ) -> Result<Self, ApiError> {
        let path = match &sink {
            Sink::File(path) => Some(path.clone()),
            _ => None,
        };
        // How long the file in a form is, its length does not tell.
        let size = head.content_length.filter(|_| form.is_none());
        // Of an upload that goes on, the body is the rest.
        let size = size.map(|rest| rest.saturating_add(sink.offset()));
        let begin = Begin { transport: head.transport, sink, size, sha256 };
        let transfer = Transfer::begin(runtime, begin)?;
        Ok(Self { runtime: runtime.clone(), transfer, form, path })
    }

    /// Takes the next bytes of the body.
    pub(crate) fn chunk(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        let transfer = &mut self.transfer;
        let Some(form) = &mut self.form else { return transfer.chunk(bytes) };
        form.received += bytes.len() as u64;
        let taken = form.parser.push(bytes, |file| transfer.chunk(file).map_err(FormError::Sink));
        Ok(taken?)
    }

    /// The body is whole: has it take effect.
    pub(crate) fn finish(self) -> Result<Reply, ApiError> {
        let is_form = self.form.is_some();
        if let Some(form) = self.form {
            if form.declared.is_some_and(|declared| declared != form.received) {
                return Err(length_mismatch());
            }
            form.parser.finish().map_err(FormError::from)?;
        }
        Ok(match self.transfer.end()? {
            Outcome::App(app, new) => Reply::json(created(new), json(&app)),
            Outcome::File(size, new) => {
                let path = self.path.map_or_else(Default::default, |p| p.relative().to_string());
                Reply::json(created(new), json(&view::StoredFile { path, size }))
            }
            // The original's path stores an image and has it tried at the next boot.
            Outcome::Firmware if is_form => Reply::json(201, json(&self.runtime.test_firmware()?)),
            Outcome::Firmware => Reply::json(201, json(&self.runtime.firmware_view()?)),
            Outcome::Config(_) => Reply::json(200, b"{}".to_vec()),
            #[cfg(feature = "null-sink")]
            Outcome::Null(received) => {
                Reply::json(200, format!(r#"{{"received":{received}}}"#).into_bytes())
            }
        })
    }
}

/// The status of an answer about something that was stored.
fn created(new: bool) -> u16 {
    if new { 201 } else { 200 }
}

/// What goes wrong with a form: with itself, or with what is done with its file.
enum FormError {
    Form(MultipartError),
    Sink(ApiError),
}

impl From<MultipartError> for FormError {
    fn from(error: MultipartError) -> Self {
        FormError::Form(error)
    }
}

impl From<FormError> for ApiError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Form(error) => ApiError::new(Code::BadMultipart, format!("{error}")),
            FormError::Sink(error) => error,
        }
    }
}
