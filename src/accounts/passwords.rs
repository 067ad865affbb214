//! Passwords: hashed with Argon2id off the request threads, a few at a time, and refused where anyone would
//! guess them. Having one is a choice: a mailed link always opens the door.

use std::collections::HashSet;
use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::kit::fault::{Fault, Said, said};

pub(super) const LEAST: usize = 10;
const MOST: usize = 200;

/// Each hash takes 19 MiB and a core for a while: more at a time would only make all of them late.
static TURNS: Semaphore = Semaphore::const_new(2);

/// What a password is compared with where there is none, so that the answer takes as long.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hash_now("nobody has this password").ok());

/// The passwords most often found in leaks: the first 3,000 of the list of the library zxcvbn, and all others of it
/// that are long enough to be chosen here (MIT licence, see static/licences/zxcvbn.txt).
static LEAKED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("passwords/leaked.txt").lines().collect());

/// For `people.password`.
pub async fn hash(password: &str) -> Result<String, Fault> {
    let password = password.to_owned();
    let _turn = TURNS.acquire().await.map_err(Fault::broken)?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await?
}

/// Whether this is the password behind `stored`; takes the same time where nothing is stored.
pub(super) async fn matches(password: &str, stored: Option<String>) -> Result<bool, Fault> {
    let password = password.to_owned();
    let _turn = TURNS.acquire().await.map_err(Fault::broken)?;
    let matched = tokio::task::spawn_blocking(move || {
        let nobodys = NOBODYS.as_deref().unwrap_or_default();
        let is_set = stored.is_some();
        let against = stored.as_deref().unwrap_or(nobodys);
        let right = PasswordHash::new(against).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        right && is_set
    });
    Ok(matched.await?)
}

/// Why a password is not good enough, if it is not.
pub(super) fn objection(password: &str, email: &str) -> Option<Said> {
    let length = password.chars().count();
    if length < LEAST {
        return Some(said(
            format!("Mật khẩu cần ít nhất {LEAST} ký tự."),
            format!("A password needs at least {LEAST} characters."),
        ));
    }
    if length > MOST {
        return Some(said(
            format!("Mật khẩu dài nhất là {MOST} ký tự."),
            format!("A password has at most {MOST} characters."),
        ));
    }
    let plain = password.to_lowercase();
    let name = email.split('@').next().unwrap_or_default();
    if is_common(&plain) || (name.len() >= 4 && plain.contains(name)) {
        return Some(said(
            "Mật khẩu này quá dễ đoán. Hãy ghép vài từ không liên quan với nhau.",
            "This password is too easy to guess. Put a few unrelated words together.",
        ));
    }
    None
}

fn hash_now(password: &str) -> Result<String, Fault> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(Fault::broken)
}

/// Common words with numbers around them, runs along a keyboard, and few different letters.
fn is_common(plain: &str) -> bool {
    const WORDS: [&str; 28] = [
        "password",
        "passw0rd",
        "matkhau",
        "mat khau",
        "mật khẩu",
        "qwerty",
        "asdfgh",
        "zxcvbn",
        "iloveyou",
        "anhyeuem",
        "emyeuanh",
        "letmein",
        "welcome",
        "admin",
        "administrator",
        "caunoi",
        "cầu nối",
        "saigon",
        "hochiminh",
        "vietnam",
        "viet nam",
        "việt nam",
        "abc",
        "abcd",
        "abcdef",
        "a",
        "aa",
        "user",
    ];
    const RUNS: [&str; 5] = [
        "01234567890123456789",
        "09876543210987654321",
        "qwertyuiopasdfghjklzxcvbnm",
        "abcdefghijklmnopqrstuvwxyz",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    ];
    let word = plain.trim_matches(|letter: char| letter.is_ascii_digit() || letter.is_ascii_punctuation());
    let mut letters: Vec<char> = plain.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    word.is_empty()
        || LEAKED.contains(plain)
        || LEAKED.contains(word)
        || letters.len() < 4
        || WORDS.contains(&word)
        || RUNS.iter().any(|run| run.contains(plain))
        || WORDS
            .iter()
            .any(|common| common.len() >= 6 && plain.replace(common, "").len() < 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anyone_would_guess_is_refused() {
        for guessable in [
            "ngắn",
            "1234567890",
            "password123",
            "Matkhau2026!",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "dragon!!2026",
            "Helloworld",
            "lan.nguyen2026",
        ] {
            assert!(
                objection(guessable, "lan.nguyen@cty.example").is_some(),
                "{guessable}"
            );
        }
        assert_eq!(objection("ghế tre bốn chân mây", "lan@cty.example"), None);
        assert_eq!(objection("correct horse battery", "lan@cty.example"), None);
    }

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let stored = hash("ghế tre bốn chân").await.unwrap();
        assert!(matches("ghế tre bốn chân", Some(stored.clone())).await.unwrap());
        assert!(!matches("ghế tre ba chân", Some(stored)).await.unwrap());
        assert!(!matches("nobody has this password", None).await.unwrap());
    }
}
