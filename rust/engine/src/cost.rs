// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! How long WAMR may take to load a module, checked before WAMR sees the module.
//!
//! Nothing can end WAMR's loader, and an install runs it on the thread that answers requests. Some
//! of its work grows with a product of two things that a module chooses:
//! * each write of a local looks through the whole operand stack, so a function's cost is up to the
//!   square of its size: 280 KiB in one function kept a desktop machine busy for a minute;
//! * each target of a `br_table` goes through all values that the branch takes along;
//! * each name of an import or export is compared with all before it.
//!
//! So each of them has a bound here that compilers' output stays far below.

use crate::error::LoadError;
use crate::pages::{HEADER, Reader, broken};

/// Most that the squares of the functions' sizes may add up to: one function of 64 KiB, or 256 of
/// 4 KiB.
const SQUARES_MAX: u64 = 1 << 32;
/// Most parameters, and most results, of a function or block.
const VALUES_MAX: u64 = 64;
/// Most imports, and most exports.
const NAMES_MAX: u64 = 1024;

const TYPES: u8 = 1;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;
/// What a function's type begins with.
const FUNCTION: u8 = 0x60;

/// Refuses a module that WAMR would take too long to load. What is not framed as sections is left
/// to WAMR to name, but never let through.
pub(crate) fn check(module: &[u8]) -> Result<(), LoadError> {
    let mut rest = Reader(module.get(HEADER..).unwrap_or(&[]));
    let mut squares = 0;
    while let Some(id) = rest.byte() {
        let section = rest.number().and_then(|size| rest.take(size)).ok_or_else(broken)?;
        let section = Reader(section);
        match id {
            TYPES => check_types(section)?,
            IMPORTS | EXPORTS => check_names(section)?,
            // A second code section is refused by WAMR, after it has loaded the first.
            CODE => squares = check_code(section, squares)?,
            _ => {}
        }
    }
    Ok(())
}

fn check_names(mut section: Reader<'_>) -> Result<(), LoadError> {
    if section.number().ok_or_else(broken)? > NAMES_MAX {
        return Err(LoadError::TooComplex("it has too many imports or exports"));
    }
    Ok(())
}

fn check_types(mut section: Reader<'_>) -> Result<(), LoadError> {
    for _ in 0..section.number().ok_or_else(broken)? {
        if section.byte() != Some(FUNCTION) {
            return Err(broken());
        }
        for _ in ["parameters", "results"] {
            let values = section.number().ok_or_else(broken)?;
            if values > VALUES_MAX {
                return Err(LoadError::TooComplex(
                    "a function in it has too many parameters or results",
                ));
            }
            section.take(values).ok_or_else(broken)?;
        }
    }
    Ok(())
}

fn check_code(mut section: Reader<'_>, mut squares: u64) -> Result<u64, LoadError> {
    for _ in 0..section.number().ok_or_else(broken)? {
        let size = section.number().ok_or_else(broken)?;
        section.take(size).ok_or_else(broken)?;
        squares = size.checked_mul(size).map_or(u64::MAX, |square| squares.saturating_add(square));
        if squares > SQUARES_MAX {
            return Err(LoadError::TooComplex("its functions are too large"));
        }
    }
    Ok(squares)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    fn leb(mut value: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    fn with_section(id: u8, content: &[u8]) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.push(id);
        module.extend(leb(content.len()));
        module.extend(content);
        module
    }

    fn functions(sizes: &[usize]) -> Vec<u8> {
        let mut content = leb(sizes.len());
        for &size in sizes {
            content.extend(leb(size));
            content.resize(content.len() + size, 0);
        }
        with_section(CODE, &content)
    }

    fn types(params: usize, results: usize) -> Vec<u8> {
        let mut content = [leb(1), [FUNCTION].into()].concat();
        for values in [params, results] {
            content.extend(leb(values));
            content.resize(content.len() + values, 0x7f);
        }
        with_section(TYPES, &content)
    }

    fn is_too_complex(module: &[u8]) -> bool {
        match check(module) {
            Ok(()) => false,
            Err(LoadError::TooComplex(_)) => true,
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn bounds() {
        assert!(!is_too_complex(&functions(&[65_536])));
        assert!(is_too_complex(&functions(&[65_537])));
        assert!(!is_too_complex(&functions(&[400; 1300])), "many small ones");
        assert!(is_too_complex(&functions(&[33_000; 4])));
        assert!(!is_too_complex(&types(64, 64)));
        assert!(is_too_complex(&types(65, 0)));
        assert!(is_too_complex(&types(0, 65)));
        for section in [IMPORTS, EXPORTS] {
            assert!(!is_too_complex(&with_section(section, &leb(1024))));
            assert!(is_too_complex(&with_section(section, &leb(1025))));
        }
    }

    #[test]
    fn what_is_cut_off_is_not_let_through() {
        for module in [functions(&[10, 20]), types(1, 1), with_section(IMPORTS, &[])] {
            assert_eq!(check(&module[..module.len() - 1]), Err(broken()));
        }
        for (id, content) in
            [(TYPES, &[1][..]), (TYPES, &[1, 0x5f, 0]), (CODE, &[1, 5, 0]), (EXPORTS, &[])]
        {
            assert_eq!(check(&with_section(id, content)), Err(broken()), "{id} {content:?}");
        }
    }
}
