// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The picture that an app draws, and who draws it.
//!
//! The display belongs to the app that draws first, until it ends. Its picture is a framebuffer in
//! RGB565, paid from that app's quota; `display_flush` shows the rows that have changed. Everything
//! that is drawn is cut to the screen first, so a call costs at most one pass over the picture.

use akira_abi::Errno;
use akira_engine::heap::Buffer;
use embedded_graphics::mono_font::iso_8859_1::{FONT_6X10, FONT_10X20};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::pixelcolor::raw::{RawData, RawU16};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use embedded_graphics::text::{Baseline, Text};

use crate::platform::{DisplayInfo, Platform};

/// What is further from the left upper corner than this, in pixels, is off every screen, whatever it
/// is; it also keeps sums of coordinates far from overflowing.
const FAR: u32 = 16_384;

/// A size of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letters {
    /// 6 x 10 pixels.
    Small,
    /// 10 x 20 pixels.
    Large,
}

impl Letters {
    fn font(self) -> &'static MonoFont<'static> {
        match self {
            Letters::Small => &FONT_6X10,
            Letters::Large => &FONT_10X20,
        }
    }
}

/// A colour from 0xRRGGBB; the upper byte is ignored.
pub(crate) fn color(rgb: i32) -> Rgb565 {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Rgb565::new(red >> 3, green >> 2, blue >> 3)
}

/// The display's owner and picture.
pub(crate) struct Screen {
    owner: Option<(usize, Frame)>,
}

impl Screen {
    /// A screen that nobody draws on.
    pub(crate) const fn new() -> Self {
        Self { owner: None }
    }

    /// The picture of the app in `slot`, which gets the display if nobody has it.
    pub(crate) fn claim(&mut self, slot: usize, info: DisplayInfo) -> Result<&mut Frame, Errno> {
        if self.owner.is_none() {
            self.owner = Some((slot, Frame::new(info)?));
        }
        match &mut self.owner {
            Some((owner, frame)) if *owner == slot => Ok(frame),
            _ => Err(Errno::EBUSY),
        }
    }

    /// The app in `slot` has ended. What is on the display stays there until somebody else draws.
    pub(crate) fn release(&mut self, slot: usize) {
        if self.owner.as_ref().is_some_and(|(owner, _)| *owner == slot) {
            self.owner = None;
        }
    }
}

/// A picture in RGB565.
pub(crate) struct Frame {
    pixels: Buffer,
    width: usize,
    height: usize,
    /// The rows that changed since they were last shown: from, and up to but without.
    dirty: (usize, usize),
}

impl Frame {
    fn new(info: DisplayInfo) -> Result<Self, Errno> {
        let (width, height) = (usize::from(info.width), usize::from(info.height));
        let pixels = Buffer::new(width * height * 2).ok_or(Errno::ENOMEM)?;
        // All of it is new to the display, which shows what somebody else has drawn.
        Ok(Self { pixels, width, height, dirty: (0, height) })
    }

    fn words(&mut self) -> &mut [u16] {
        // The buffer is aligned for it and has an even size; were it not, nothing would be drawn.
        bytemuck::try_cast_slice_mut(&mut self.pixels).unwrap_or_default()
    }

    fn touch(&mut self, from: usize, to: usize) {
        let (old_from, old_to) = self.dirty;
        self.dirty =
            if old_from < old_to { (old_from.min(from), old_to.max(to)) } else { (from, to) };
    }

    /// Fills a rectangle.
    pub(crate) fn fill(&mut self, x: i32, y: i32, width: i32, height: i32, color: Rgb565) {
        let Some(part) = self.part(x, y, width, height) else { return };
        let (stride, color) = (self.width, RawU16::from(color).into_inner());
        for row in part.y..part.y + part.height {
            let start = row * stride + part.x;
            if let Some(row) = self.words().get_mut(start..start + part.width) {
                row.fill(color);
            }
        }
        self.touch(part.y, part.y + part.height);
    }

    /// Copies pixels, RGB565 little-endian, row by row. `EINVAL` unless there are just as many as
    /// the rectangle has.
    pub(crate) fn blit(
        &mut self,
        x: i32,
        y: i32,
        width: i32,
        height: i32,
        pixels: &[u8],
    ) -> Result<(), Errno> {
        let (columns, rows) = (usize::try_from(width), usize::try_from(height));
        let (Ok(columns @ 1..), Ok(rows @ 1..)) = (columns, rows) else {
            return Err(Errno::EINVAL);
        };
        if columns.checked_mul(rows).and_then(|count| count.checked_mul(2)) != Some(pixels.len()) {
            return Err(Errno::EINVAL);
        }
        let Some(part) = self.part(x, y, width, height) else { return Ok(()) };
        let stride = self.width;
        for row in 0..part.height {
            let from = ((part.skip_y + row) * columns + part.skip_x) * 2;
            let start = (part.y + row) * stride + part.x;
            let source = pixels.get(from..from + part.width * 2).unwrap_or_default();
            let target = self.words().get_mut(start..start + part.width).unwrap_or_default();
            for (target, source) in target.iter_mut().zip(source.chunks_exact(2)) {
                *target = u16::from_le_bytes([source[0], source[1]]);
            }
        }
        self.touch(part.y, part.y + part.height);
        Ok(())
    }

    /// Writes text from its left upper corner on.
    pub(crate) fn text(&mut self, x: i32, y: i32, text: &str, letters: Letters, color: Rgb565) {
        if x.unsigned_abs() >= FAR || y.unsigned_abs() >= FAR {
            return;
        }
        let style = MonoTextStyle::new(letters.font(), color);
        let text = Text::with_baseline(text, Point::new(x, y), style, Baseline::Top);
        let shape = text.bounding_box();
        // Drawing into a framebuffer cannot fail.
        let Ok(_) = text.draw(self);
        let top = shape.top_left.y.clamp(0, self.height as i32) as usize;
        let end = (shape.top_left.y.saturating_add_unsigned(shape.size.height))
            .clamp(0, self.height as i32) as usize;
        if top < end {
            self.touch(top, end);
        }
    }

    /// Shows the rows that have changed. On an error they count as not shown.
    pub(crate) fn flush<P: Platform>(&mut self, platform: &P) -> Result<(), Errno> {
        let (from, to) = self.dirty;
        if from >= to {
            return Ok(());
        }
        let (width, rows) = (self.width, (to - from) as u16);
        let shown = self.words().get(from * width..to * width).ok_or(Errno::EIO)?;
        platform.display_write(0, from as u16, width as u16, rows, shown)?;
        self.dirty = (0, 0);
        Ok(())
    }

    /// The part of a rectangle that is on the screen; `None` when none of it is.
    fn part(&self, x: i32, y: i32, width: i32, height: i32) -> Option<Part> {
        let (x_from, x_to) = overlap(x, width, self.width)?;
        let (y_from, y_to) = overlap(y, height, self.height)?;
        Some(Part {
            x: x_from,
            y: y_from,
            width: x_to - x_from,
            height: y_to - y_from,
            skip_x: (x_from as i64 - i64::from(x)) as usize,
            skip_y: (y_from as i64 - i64::from(y)) as usize,
        })
    }
}

/// Where `start..start + length` and `0..size` overlap.
fn overlap(start: i32, length: i32, size: usize) -> Option<(usize, usize)> {
    let (start, size) = (i64::from(start), size as i64);
    let from = start.clamp(0, size);
    let to = (start + i64::from(length)).clamp(0, size);
    (from < to).then_some((from as usize, to as usize))
}

/// A rectangle on the screen, and how many columns and rows of what it was cut from are left of and
/// above it.
struct Part {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
    skip_x: usize,
    skip_y: usize,
}

impl OriginDimensions for Frame {
    fn size(&self) -> Size {
        Size::new(self.width as u32, self.height as u32)
    }
}

/// For `embedded-graphics`, which draws the letters; whoever calls it notes the rows.
impl DrawTarget for Frame {
    type Color = Rgb565;
    type Error = core::convert::Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = Pixel<Self::Color>>,
    {
        let (width, height) = (self.width, self.height);
        let words = self.words();
        for Pixel(at, color) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(at.x), usize::try_from(at.y)) else { continue };
            if x < width
                && y < height
                && let Some(word) = words.get_mut(y * width + x)
            {
                *word = RawU16::from(color).into_inner();
            }
        }
        Ok(())
    }

    fn fill_solid(&mut self, area: &Rectangle, color: Self::Color) -> Result<(), Self::Error> {
        let Rectangle { top_left, size } = *area;
        let side = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
        self.fill(top_left.x, top_left.y, side(size.width), side(size.height), color);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: DisplayInfo = DisplayInfo { width: 8, height: 6 };
    const WHITE: Rgb565 = Rgb565::WHITE;

    fn frame() -> Frame {
        let mut frame = Frame::new(INFO).unwrap();
        frame.dirty = (0, 0);
        frame
    }

    fn lit(frame: &mut Frame) -> usize {
        frame.words().iter().filter(|word| **word != 0).count()
    }

    #[test]
    fn rectangles_are_cut_to_the_screen() {
        let edges = [i32::MIN, -5, -1, 0, 1, 5, 7, 8, i32::MAX];
        for x in edges {
            for y in edges {
                for width in edges {
                    for height in edges {
                        let mut frame = frame();
                        frame.fill(x, y, width, height, WHITE);
                        let columns = overlap(x, width, 8).map_or(0, |(from, to)| to - from);
                        let rows = overlap(y, height, 6).map_or(0, |(from, to)| to - from);
                        assert_eq!(lit(&mut frame), columns * rows, "{x} {y} {width} {height}");
                        assert_eq!(frame.dirty.1 - frame.dirty.0, rows * columns.min(1));
                    }
                }
            }
        }
    }

    #[test]
    fn a_picture_lands_where_it_is_put_and_is_cut() {
        let picture: [u8; 12] = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0];
        let mut frame = frame();
        frame.blit(-1, -1, 3, 2, &picture).unwrap();
        assert_eq!(frame.words()[..3], [5, 6, 0]);
        assert_eq!(frame.dirty, (0, 1));
        frame.blit(6, 5, 3, 2, &picture).unwrap();
        assert_eq!(frame.words()[5 * 8 + 5..], [0, 1, 2]);
        frame.blit(i32::MAX, i32::MIN, 3, 2, &picture).unwrap();
        for (width, height, length) in
            [(3, 2, 11), (0, 0, 0), (-3, -2, 12), (i32::MAX, i32::MAX, 2), (65_536, 65_536, 0)]
        {
            let bytes = &picture[..length];
            assert_eq!(frame.blit(0, 0, width, height, bytes), Err(Errno::EINVAL));
        }
    }

    #[test]
    fn text_stays_on_the_screen() {
        let mut frame = frame();
        frame.text(0, 0, "I", Letters::Small, WHITE);
        assert!(lit(&mut frame) > 0);
        for at in [i32::MIN, i32::MIN + 1, -16_384, -16_383, -30, 7, 16_383, 16_384, i32::MAX] {
            frame.text(at, at, "wide\nand high", Letters::Large, WHITE);
        }
    }

    #[test]
    fn colours_keep_their_upper_bits() {
        assert_eq!(RawU16::from(color(0xff_0000)).into_inner(), 0xf800);
        assert_eq!(RawU16::from(color(0x00_ff00)).into_inner(), 0x07e0);
        assert_eq!(RawU16::from(color(0x00_00ff)).into_inner(), 0x001f);
        assert_eq!(RawU16::from(color(-1)).into_inner(), 0xffff);
    }

    #[test]
    fn the_display_has_one_owner() {
        let mut screen = Screen::new();
        screen.claim(1, INFO).unwrap().fill(0, 0, 1, 1, WHITE);
        assert!(matches!(screen.claim(2, INFO), Err(Errno::EBUSY)));
        screen.release(2);
        assert_eq!(lit(screen.claim(1, INFO).unwrap()), 1);
        screen.release(1);
        assert_eq!(lit(screen.claim(2, INFO).unwrap()), 0, "nobody sees the other's picture");
    }
}
