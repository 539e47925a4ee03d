// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Lower-case hexadecimal text.

use alloc::string::String;

/// `bytes` as lower-case hexadecimal digits.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes that `text` says, if it is `N` times two hexadecimal digits of either case.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = (digit(0)? << 4 | digit(1)?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_not_so_many_digits_is_refused() {
        assert_eq!(super::decode("000aFF"), Some([0, 0x0a, 0xff]));
        for text in ["", "0", "000aff0", "000aff00", "00 aff", "+00aff", "000\u{e4}f"] {
            assert_eq!(super::decode::<3>(text), None, "{text}");
        }
    }

    #[test]
    fn digits_are_lower_case_and_padded() {
        assert_eq!(super::encode(&[0, 0x0a, 0xff]), "000aff");
    }
}
