//! Codes of an authenticator (RFC 6238): six digits of an HMAC over the half-minute, and the secret as people type it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use crate::kit::clock::At;

const STEP: i64 = 30_000;
const DIGITS: u32 = 1_000_000;
/// Clocks of phones go wrong by a little, and typing takes a while.
const STEPS_APART: i64 = 1;

/// The half-minute whose code this is, of those near enough to now.
pub fn step_of(secret: &[u8], code: &str, now: At) -> Option<i64> {
    let current = now.0.div_euclid(STEP);
    (current - STEPS_APART..=current + STEPS_APART)
        .filter(|step| *step >= 0)
        .find(|step| same(&code_at(secret, *step), code))
}

/// Of a half-minute, counted from 1970.
pub fn code_at(secret: &[u8], step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let from = usize::from(digest[19] & 0x0f);
    let word = [digest[from], digest[from + 1], digest[from + 2], digest[from + 3]];
    let number = u32::from_be_bytes(word) & 0x7fff_ffff;
    format!("{:06}", number % DIGITS)
}

/// What an authenticator reads from the picture.
pub fn address(secret: &[u8], issuer: &str, account: &str) -> String {
    let (issuer, account) = (percent_encoded(issuer), percent_encoded(account));
    format!(
        "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}",
        base32(secret)
    )
}

/// RFC 4648 without padding: letters and digits that people can tell apart.
pub fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut kept, mut bits) = (0_u32, 0);
    for byte in bytes {
        kept = (kept << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[((kept >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(LETTERS[((kept << (5 - bits)) & 31) as usize]));
    }
    text
}

/// Equal or not, in a time that does not tell where they part.
fn same(one: &str, other: &str) -> bool {
    !one.is_empty()
        && one.len() == other.len()
        && one
            .bytes()
            .zip(other.bytes())
            .fold(0, |apart, (one, other)| apart | (one ^ other))
            == 0
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B (SHA-1), of whose eight digits an authenticator shows the last six.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_at(secret, seconds / 30), eight[2..], "{seconds}");
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn counters_give_the_codes_of_the_older_standard() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (count, code) in codes.into_iter().enumerate() {
            assert_eq!(
                code_at(b"12345678901234567890", i64::try_from(count).unwrap()),
                code
            );
        }
    }

    #[test]
    fn a_code_counts_in_its_half_minute_and_those_beside_it() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| At(seconds * 1_000);
        assert_eq!(step_of(secret, "081804", at(1_111_111_109)), Some(37_037_036));
        assert_eq!(
            step_of(secret, "081804", at(1_111_111_109 + 30)),
            Some(37_037_036)
        );
        assert_eq!(step_of(secret, "081804", at(1_111_111_109 + 61)), None);
        assert_eq!(step_of(secret, "081805", at(1_111_111_109)), None);
        assert_eq!(step_of(secret, "", at(1_111_111_109)), None);
    }

    /// RFC 4648, section 10.
    #[test]
    fn a_secret_is_written_as_the_standard_says() {
        for (bytes, text) in [
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let told = address(b"foobar", "Cầu Nối", "a@b.vn");
        assert_eq!(
            told,
            "otpauth://totp/C%E1%BA%A7u%20N%E1%BB%91i:a%40b.vn?secret=MZXW6YTBOI&issuer=C%E1%BA%A7u%20N%E1%BB%91i"
        );
    }
}
