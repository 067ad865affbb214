//! A text as a QR code, drawn on the server: no script, no picture from elsewhere.

use qrcode::{Color, EcLevel, QrCode};

use crate::kit::fault::Fault;

/// Four light squares around it, as the standard asks.
const MARGIN: usize = 4;

/// Squares of side 1: how many in a row, and the dark ones as the path of an SVG.
pub struct Picture {
    pub side: usize,
    pub path: String,
}

impl Picture {
    pub fn of(text: &str) -> Result<Picture, Fault> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(Fault::broken)?;
        let width = code.width();
        let path = code
            .to_colors()
            .iter()
            .enumerate()
            .filter(|(_, color)| **color == Color::Dark)
            .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN))
            .collect();
        Ok(Picture {
            side: width + 2 * MARGIN,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_corners_stand_where_a_reader_looks_for_them() {
        let picture = Picture::of("otpauth://totp/a?secret=MZXW6").unwrap();
        let last = picture.side - MARGIN - 1;
        for (x, y, dark) in [
            (4, 4, true),
            (last, 4, true),
            (4, last, true),
            (5, 5, false),
            (last, 5, true),
        ] {
            assert_eq!(picture.path.contains(&format!("M{x} {y}h")), dark, "{x} {y}");
        }
        assert!(!picture.path.contains("M3 "));
    }
}
