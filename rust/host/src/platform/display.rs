// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The display: a panel of 320 by 240 pixels in memory, which can also be read.

use akira_abi::Errno;
use akira_runtime::platform::DisplayInfo;
use parking_lot::Mutex;

/// What the panel is.
pub const INFO: DisplayInfo = DisplayInfo { width: 320, height: 240 };

const WIDTH: usize = INFO.width as usize;
const HEIGHT: usize = INFO.height as usize;

/// The panel. Pixels are RGB565; it is black until something is shown.
pub struct Display {
    pixels: Mutex<Box<[u16]>>,
}

impl Default for Display {
    fn default() -> Self {
        Self { pixels: Mutex::new(vec![0; WIDTH * HEIGHT].into()) }
    }
}

impl Display {
    /// Shows `pixels`, row by row, in a rectangle. `EINVAL` when it does not lie inside the panel or
    /// has another number of pixels; nothing changes then.
    pub fn write(
        &self,
        x: u16,
        y: u16,
        width: u16,
        height: u16,
        pixels: &[u16],
    ) -> Result<(), Errno> {
        let [x, y, width, height] = [x, y, width, height].map(usize::from);
        if x + width > WIDTH || y + height > HEIGHT || pixels.len() != width * height {
            return Err(Errno::EINVAL);
        }
        if width == 0 {
            return Ok(());
        }
        let mut panel = self.pixels.lock();
        let rows = panel.chunks_exact_mut(WIDTH).skip(y);
        for (row, shown) in rows.zip(pixels.chunks_exact(width)) {
            row[x..x + width].copy_from_slice(shown);
        }
        Ok(())
    }

    /// Reads the beginning of row `y`, as much as `out` takes. `EINVAL` for more than there is.
    pub fn read(&self, y: u16, out: &mut [u16]) -> Result<(), Errno> {
        let panel = self.pixels.lock();
        let row = panel.chunks_exact(WIDTH).nth(y.into()).ok_or(Errno::EINVAL)?;
        out.copy_from_slice(row.get(..out.len()).ok_or(Errno::EINVAL)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(display: &Display, y: u16) -> [u16; WIDTH] {
        let mut row = [0xdead; WIDTH];
        display.read(y, &mut row).unwrap();
        row
    }

    #[test]
    fn a_rectangle_changes_its_pixels_and_no_others() {
        let display = Display::default();
        display.write(318, 238, 2, 2, &[1, 2, 3, 4]).unwrap();
        assert_eq!(row(&display, 238)[317..], [0, 1, 2]);
        assert_eq!(row(&display, 239)[317..], [0, 3, 4]);
        assert_eq!(row(&display, 237), [0; WIDTH]);
        display.write(0, 5, 320, 1, &[9; WIDTH]).unwrap();
        assert_eq!(row(&display, 5), [9; WIDTH]);
        assert_eq!(row(&display, 6), [0; WIDTH]);
        display.write(7, 6, 0, 3, &[]).unwrap();
        assert_eq!(row(&display, 6), [0; WIDTH]);
    }

    #[test]
    fn what_is_not_inside_is_refused_whole() {
        let display = Display::default();
        for (x, y, width, height, count) in [
            (319, 0, 2, 1, 2),
            (0, 239, 1, 2, 2),
            (320, 0, 1, 1, 1),
            (u16::MAX, u16::MAX, u16::MAX, u16::MAX, 1),
            (0, 0, 2, 2, 3),
            (0, 0, 2, 2, 5),
            (0, 0, 0, 1, 1),
        ] {
            let pixels = vec![7; count];
            assert_eq!(display.write(x, y, width, height, &pixels), Err(Errno::EINVAL));
        }
        assert!((0..INFO.height).all(|y| row(&display, y) == [0; WIDTH]));
        assert_eq!(display.read(240, &mut [0]), Err(Errno::EINVAL));
        assert_eq!(display.read(0, &mut [0; WIDTH + 1]), Err(Errno::EINVAL));
    }
}
