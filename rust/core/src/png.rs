// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! A picture as PNG (W3C recommendation, third edition), made row by row.
//!
//! The rows are stored, not compressed (RFC 1951, 3.2.4), so that a device needs neither the memory
//! of a compressor nor that of the whole picture: each call gives the next bytes of the file.

use alloc::vec::Vec;

use simd_adler32::Adler32;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// 8 bits a channel, colour type 2 (red, green, blue), no interlacing.
const FORMAT: [u8; 5] = [8, 2, 0, 0, 0];
/// A zlib stream (RFC 1950) without a preset dictionary.
const ZLIB: [u8; 2] = [0x78, 0x01];
/// The filter "none", which begins each row.
const NO_FILTER: u8 = 0;
/// Most bytes in one stored block.
const STORED_MAX: usize = u16::MAX as usize;

/// A picture on its way.
pub struct Encoder {
    width: u16,
    height: u16,
    sum: Adler32,
}

impl Encoder {
    /// A picture of that size, and the bytes that begin it.
    pub fn begin(width: u16, height: u16) -> (Self, Vec<u8>) {
        let mut file = SIGNATURE.to_vec();
        let mut head = [0; 13];
        head[..4].copy_from_slice(&u32::from(width).to_be_bytes());
        head[4..8].copy_from_slice(&u32::from(height).to_be_bytes());
        head[8..].copy_from_slice(&FORMAT);
        chunk(&mut file, b"IHDR", &head);
        chunk(&mut file, b"IDAT", &ZLIB);
        (Self { width, height, sum: Adler32::new() }, file)
    }

    /// The next row, from the top: one pixel in RGB565 for each column. Missing ones are black.
    pub fn row(&mut self, pixels: &[u16]) -> Vec<u8> {
        let mut row = Vec::with_capacity(1 + 3 * usize::from(self.width));
        row.push(NO_FILTER);
        for column in 0..usize::from(self.width) {
            row.extend(rgb888(pixels.get(column).copied().unwrap_or(0)));
        }
        self.sum.write(&row);
        let mut stored = Vec::with_capacity(row.len() + 5);
        for block in row.chunks(STORED_MAX) {
            store(&mut stored, block, false);
        }
        let mut file = Vec::with_capacity(stored.len() + 12);
        chunk(&mut file, b"IDAT", &stored);
        file
    }

    /// The bytes that end a picture of whose rows all have been given.
    pub fn end(self) -> Vec<u8> {
        let mut last = Vec::new();
        store(&mut last, &[], true);
        last.extend(self.sum.finish().to_be_bytes());
        let mut file = Vec::new();
        chunk(&mut file, b"IDAT", &last);
        chunk(&mut file, b"IEND", &[]);
        file
    }

    /// How many rows the picture has.
    pub fn height(&self) -> u16 {
        self.height
    }

    /// How many columns the picture has.
    pub fn width(&self) -> u16 {
        self.width
    }
}

/// A stored block; `block` is at most [`STORED_MAX`] bytes.
fn store(out: &mut Vec<u8>, block: &[u8], last: bool) {
    let length = block.len() as u16;
    out.push(u8::from(last));
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend_from_slice(block);
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    file.extend((content.len() as u32).to_be_bytes());
    let checked = file.len();
    file.extend_from_slice(kind);
    file.extend_from_slice(content);
    let check = crc32fast::hash(&file[checked..]);
    file.extend(check.to_be_bytes());
}

/// A pixel's red, green and blue, each stretched to the whole range of 8 bits.
fn rgb888(pixel: u16) -> [u8; 3] {
    let (red, green, blue) = ((pixel >> 11) as u8, (pixel >> 5) as u8 & 63, pixel as u8 & 31);
    [red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2]
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    /// The file that `rows` make, and its pixels as an independent decoder reads them.
    fn round_trip(width: u16, rows: &[Vec<u16>]) -> (png::OutputInfo, Vec<u8>) {
        let (mut encoder, mut file) = Encoder::begin(width, rows.len() as u16);
        for row in rows {
            file.extend(encoder.row(row));
        }
        file.extend(encoder.end());
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = alloc::vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        reader.finish().unwrap();
        (info, pixels)
    }

    #[test]
    fn another_decoder_reads_what_was_shown() {
        let rows = [alloc::vec![0xffff, 0x0000, 0xf800], alloc::vec![0x07e0, 0x001f, 0x8410]];
        let (info, pixels) = round_trip(3, &rows);
        assert_eq!((info.width, info.height), (3, 2));
        assert_eq!(info.color_type, png::ColorType::Rgb);
        assert_eq!(pixels[..9], [255, 255, 255, 0, 0, 0, 255, 0, 0]);
        assert_eq!(pixels[9..], [0, 255, 0, 0, 0, 255, 0x84, 0x82, 0x84]);
    }

    #[test]
    fn a_row_may_be_longer_than_one_stored_block() {
        let row: Vec<u16> = (0..30_000).collect();
        let (info, pixels) = round_trip(30_000, &[row.clone(), row]);
        assert_eq!((info.width, info.height), (30_000, 2));
        assert_eq!(pixels[..90_000], pixels[90_000..]);
        assert_eq!(pixels[3 * 29_999..][..3], rgb888(29_999));
    }

    #[test]
    fn a_short_row_ends_in_black() {
        let (_, pixels) = round_trip(2, &[alloc::vec![0xffff]]);
        assert_eq!(pixels, [255, 255, 255, 0, 0, 0]);
    }
}
