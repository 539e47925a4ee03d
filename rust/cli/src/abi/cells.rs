// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How a function of the table looks to a compiler: the one place where a range of bytes becomes a
//! pointer and a length. The generators only say how their language writes each [`Cell`].

use akira_abi::{Function, ParamKind};

/// What one parameter of the import is. Each is one WebAssembly value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// Where bytes start that the device reads.
    Read,
    /// Where bytes start that the device writes.
    Write,
    /// How many bytes there are at the pointer before it.
    Length,
    /// Where a 32-bit float lies that the device writes.
    Float,
    /// Where a text starts that ends with a zero byte.
    Text,
}

impl Cell {
    /// Its WebAssembly type in WAMR's letters.
    #[cfg(test)]
    fn letter(self) -> char {
        match self {
            Cell::I64 => 'I',
            _ => 'i',
        }
    }

    /// Whether it is an address for which no compiler vouches.
    pub(super) fn is_raw_pointer(self) -> bool {
        matches!(self, Cell::Read | Cell::Write | Cell::Text)
    }
}

/// The function's parameters as the import has them, with their names.
pub(super) fn of(function: &Function) -> Vec<(String, Cell)> {
    let mut cells = Vec::new();
    for param in function.params {
        let name = param.name.to_owned();
        let length = (format!("{name}_len"), Cell::Length);
        match param.kind {
            ParamKind::I32 => cells.push((name, Cell::I32)),
            ParamKind::I64 => cells.push((name, Cell::I64)),
            ParamKind::Bytes => cells.extend([(name, Cell::Read), length]),
            ParamKind::BytesMut => cells.extend([(name, Cell::Write), length]),
            ParamKind::F32Mut => cells.push((name, Cell::Float)),
            ParamKind::Text => cells.push((name, Cell::Text)),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use akira_abi::TABLE;

    use super::*;

    #[test]
    fn the_cells_are_what_the_host_registers() {
        for function in TABLE {
            let cells = of(function);
            let letters: String = cells.iter().map(|(_, cell)| cell.letter()).collect();
            let signature = function.signature();
            let params = signature.as_str().split_once(')').map(|(params, _)| &params[1..]);
            assert_eq!(Some(letters.as_str()), params, "{}", function.name);
        }
    }
}
