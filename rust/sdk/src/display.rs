// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Drawing. Needs the capability `display`.
//!
//! What is drawn goes into a framebuffer on the device, which costs `width * height * 2` bytes of
//! the app's memory quota; [`flush`] shows it. Positions may lie outside: what is off the screen is
//! clipped. The first app that draws owns the display until it ends; the others get
//! [`Error::BUSY`](crate::Error::BUSY).

use crate::Result;
use crate::error::count;
use crate::native;

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(u32);

impl Color {
    /// Black.
    pub const BLACK: Color = Color(0x00_00_00);
    /// White.
    pub const WHITE: Color = Color(0xff_ff_ff);
    /// Grey.
    pub const GREY: Color = Color(0x80_80_80);
    /// Red.
    pub const RED: Color = Color(0xff_00_00);
    /// Green.
    pub const GREEN: Color = Color(0x00_ff_00);
    /// Blue.
    pub const BLUE: Color = Color(0x00_00_ff);
    /// Yellow.
    pub const YELLOW: Color = Color(0xff_ff_00);

    /// From red, green and blue.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self((red as u32) << 16 | (green as u32) << 8 | blue as u32)
    }

    /// As a pixel for [`blit`]: 5 bits of red, 6 of green, 5 of blue.
    pub const fn to_rgb565(self) -> u16 {
        ((self.0 >> 8 & 0xf800) | (self.0 >> 5 & 0x07e0) | (self.0 >> 3 & 0x001f)) as u16
    }

    const fn bits(self) -> i32 {
        self.0 as i32
    }
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels from left to right.
    pub width: i32,
    /// Pixels from top to bottom.
    pub height: i32,
}

/// How large the display is. [`Error::NO_DEVICE`](crate::Error::NO_DEVICE) when there is none.
pub fn size() -> Result<Size> {
    count(native::display_size()).map(unpack_size)
}

fn unpack_size(packed: usize) -> Size {
    Size { width: (packed >> 16 & 0xffff) as i32, height: (packed & 0xffff) as i32 }
}

/// Fills the whole display.
pub fn clear(color: Color) -> Result<()> {
    count(native::display_clear(color.bits())).map(drop)
}

/// Sets one pixel.
pub fn pixel(x: i32, y: i32, color: Color) -> Result<()> {
    count(native::display_pixel(x, y, color.bits())).map(drop)
}

/// Fills a rectangle.
pub fn rect(x: i32, y: i32, width: i32, height: i32, color: Color) -> Result<()> {
    count(native::display_rect(x, y, width, height, color.bits())).map(drop)
}

/// Writes text in letters of 6 by 10 pixels; its upper left corner is at `x`, `y`.
pub fn text(x: i32, y: i32, text: &str, color: Color) -> Result<()> {
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::display_text(x, y, text.as_ptr(), text.len(), color.bits()) }).map(drop)
}

/// Writes text in letters of 10 by 20 pixels.
pub fn text_large(x: i32, y: i32, text: &str, color: Color) -> Result<()> {
    let (start, length) = (text.as_ptr(), text.len());
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::display_text_large(x, y, start, length, color.bits()) }).map(drop)
}

/// Copies an image, row by row; see [`Color::to_rgb565`]. There must be `width * height` pixels.
pub fn blit(x: i32, y: i32, width: i32, height: i32, pixels: &[u16]) -> Result<()> {
    // WebAssembly's memory is little-endian, as the device wants its pixels.
    let (start, length) = (pixels.as_ptr().cast(), size_of_val(pixels));
    // SAFETY: pointer and length are those of a slice that is borrowed for the whole call.
    count(unsafe { native::display_blit(x, y, width, height, start, length) }).map(drop)
}

/// Shows what was drawn since the last flush.
pub fn flush() -> Result<()> {
    count(native::display_flush()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_packed_as_the_device_reads_them() {
        assert_eq!(Color::rgb(0x12, 0x34, 0x56).bits(), 0x12_34_56);
        assert_eq!(Color::WHITE.to_rgb565(), 0xffff);
        assert_eq!(Color::RED.to_rgb565(), 0xf800);
        assert_eq!(Color::GREEN.to_rgb565(), 0x07e0);
        assert_eq!(Color::BLUE.to_rgb565(), 0x001f);
    }

    #[test]
    fn the_size_is_unpacked() {
        assert_eq!(unpack_size(320 << 16 | 240), Size { width: 320, height: 240 });
    }
}
