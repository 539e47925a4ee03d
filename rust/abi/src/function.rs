// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! What one entry of the table says.

use core::fmt;

use crate::CapSet;

/// The kind of a parameter as an app's author sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// Bytes that the device reads: a pointer and a length, two i32 in WebAssembly.
    Bytes,
    /// Bytes that the device writes: a pointer and a length, two i32 in WebAssembly.
    BytesMut,
    /// A 32-bit float that the device writes: a pointer to 4 bytes, one i32 in WebAssembly.
    F32Mut,
    /// A text that ends with a zero byte: a pointer to it, one i32 in WebAssembly. In module `env`
    /// only.
    Text,
}

impl ParamKind {
    /// The WebAssembly parameters that carry it, in WAMR's letters (`i` i32, `I` i64). Pointers
    /// are plain numbers here: the security layer checks them, so that a bad one gives -EFAULT and
    /// not a trap.
    pub const fn wamr(self) -> &'static str {
        match self {
            ParamKind::I32 | ParamKind::F32Mut | ParamKind::Text => "i",
            ParamKind::I64 => "I",
            ParamKind::Bytes | ParamKind::BytesMut => "ii",
        }
    }

    /// The same in the notation of the documents, where `*~` is a checked pointer with its length.
    pub const fn documented(self) -> &'static str {
        match self {
            ParamKind::Bytes | ParamKind::BytesMut => "*~",
            ParamKind::F32Mut => "*",
            ParamKind::Text => "$",
            other => other.wamr(),
        }
    }
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name in the generated bindings.
    pub name: &'static str,
    /// Its kind.
    pub kind: ParamKind,
}

/// What a function gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// Nothing. A refused call is simply not carried out.
    Unit,
    /// 0 or a count, or a negative errno.
    I32,
    /// A 64-bit number.
    I64,
}

impl ResultKind {
    /// WAMR's letter, empty for nothing.
    pub const fn wamr(self) -> &'static str {
        match self {
            ResultKind::Unit => "",
            ResultKind::I32 => "i",
            ResultKind::I64 => "I",
        }
    }
}

/// One native function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its number: its place in the table, which never changes once released.
    pub id: u16,
    /// Its group: the module that implements it, the same on every floor.
    pub group: &'static str,
    /// Its name in the import.
    pub name: &'static str,
    /// Its parameters.
    pub params: &'static [Param],
    /// Its result.
    pub result: ResultKind,
    /// The capabilities of which it needs one; empty when it needs none.
    pub needs: CapSet,
    /// What it does, for the reference and the bindings.
    pub doc: &'static str,
}

impl Function {
    /// The function's type as WAMR writes it, for example `(iii)i`.
    pub const fn signature(&self) -> Signature {
        Signature::of(self.params, self.result.wamr())
    }

    /// How many WebAssembly parameters it has.
    pub const fn wasm_params(&self) -> usize {
        wasm_params(self.params)
    }

    /// Writes the signature in the notation of the documents, for example `(*~i)i`.
    pub fn documented(&self) -> impl fmt::Display + use<> {
        documented(self.params, self.result.wamr())
    }
}

/// Parameters and result in the notation of the documents.
pub(crate) fn documented(params: &'static [Param], result: &'static str) -> impl fmt::Display {
    Documented(params, result)
}

/// How many WebAssembly parameters carry these.
pub(crate) const fn wasm_params(params: &[Param]) -> usize {
    let mut count = 0;
    let mut i = 0;
    while i < params.len() {
        count += params[i].kind.wamr().len();
        i += 1;
    }
    count
}

struct Documented(&'static [Param], &'static str);

impl fmt::Display for Documented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for param in self.0 {
            f.write_str(param.kind.documented())?;
        }
        write!(f, "){}", self.1)
    }
}

/// A signature built at compile time, zero-terminated for WAMR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    bytes: [u8; Self::CAPACITY],
    len: usize,
}

impl Signature {
    const CAPACITY: usize = 24;

    const fn new() -> Self {
        Self { bytes: [0; Self::CAPACITY], len: 0 }
    }

    /// The signature of a function with these parameters and this result.
    pub(crate) const fn of(params: &[Param], result: &str) -> Self {
        let mut signature = Self::new();
        signature.push("(");
        let mut i = 0;
        while i < params.len() {
            signature.push(params[i].kind.wamr());
            i += 1;
        }
        signature.push(")");
        signature.push(result);
        signature
    }

    const fn push(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() {
            assert!(self.len + 1 < Self::CAPACITY, "the signature is too long");
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
    }

    /// The letters, without the zero.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }

    /// The letters with the terminating zero.
    pub const fn as_bytes_with_nul(&self) -> &[u8] {
        self.bytes.split_at(self.len + 1).0
    }
}
