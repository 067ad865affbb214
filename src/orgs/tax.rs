//! The tax code of a Vietnamese organisation: ten digits, the last of which checks the others, and three
//! more for a branch; or the twelve digits of an owner's personal number.

/// The code as it is kept, `0300588569` or `0300588569-001`; `None` where it is none.
pub(super) fn parse(text: &str) -> Option<String> {
    let allowed = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '.');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if !text.chars().all(allowed) {
        return None;
    }
    match digits.len() {
        10 => checks(&digits).then_some(digits),
        12 => Some(digits),
        13 => {
            let (firm, branch) = digits.split_at(10);
            checks(firm).then(|| format!("{firm}-{branch}"))
        }
        _ => None,
    }
}

/// Nine weighted digits, modulo eleven; what is missing to ten is the last.
fn checks(ten: &str) -> bool {
    const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];
    let digits: Vec<u32> = ten.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum: u32 = WEIGHTS
        .iter()
        .zip(&digits)
        .map(|(weight, digit)| weight * digit)
        .sum();
    digits.last().is_some_and(|last| sum % 11 + last == 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_use_pass_and_slips_of_the_hand_do_not() {
        for code in ["0300588569", "0101248141", "0100109106"] {
            assert_eq!(parse(code).as_deref(), Some(code));
        }
        assert_eq!(parse("0300588569 001").as_deref(), Some("0300588569-001"));
        assert_eq!(parse("079 0 9000 1234").as_deref(), Some("079090001234"));
        for wrong in ["0300588568", "0300585869", "12345", "03005885a9", ""] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
