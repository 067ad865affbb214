//! E-mail addresses and telephone numbers as people type them.

use lettre::Address;

use crate::kit::web::Form;

const LONGEST_EMAIL: usize = 254;
const LONGEST_NAME: usize = 120;

/// The address as it is kept: one spelling, in lower case. `None` where it is none.
pub fn email(text: &str) -> Option<String> {
    let address = text.trim().to_lowercase();
    let parsed: Result<Address, _> = address.parse();
    let sound = parsed.is_ok() && address.is_ascii() && address.len() <= LONGEST_EMAIL;
    sound.then_some(address)
}

/// The form's `email`, or a flaw at it.
pub(crate) fn email_in(form: &mut Form) -> String {
    let address = form.text("email").and_then(|text| email(&text));
    form.must(
        address,
        "email",
        "Nhập địa chỉ thư điện tử, ví dụ lan@congty.vn.",
        "Enter an e-mail address, such as lan@company.vn.",
    )
}

/// The form's `name`, or a flaw at it.
pub(crate) fn name_in(form: &mut Form) -> String {
    let name = form.line("name", LONGEST_NAME);
    form.must(name, "name", "Nhập họ và tên của bạn.", "Enter your name.")
}

/// The form's `phone`: blank, or a number that can be dialled.
pub(crate) fn phone_in(form: &mut Form) -> Option<String> {
    let text = form.line("phone", 40)?;
    let number = phone(&text);
    if number.is_none() {
        form.flaw(
            "phone",
            "Nhập số điện thoại hoặc Zalo, ví dụ 0901 234 567.",
            "Enter a phone or Zalo number, such as 0901 234 567.",
        );
    }
    number
}

/// A number as it is kept: digits, with `+` in front where it was typed; 8 to 15 of them.
fn phone(text: &str) -> Option<String> {
    let plus = if text.starts_with('+') { "+" } else { "" };
    let rest = text.trim_start_matches('+');
    let allowed = |letter: char| letter.is_ascii_digit() || " .-()".contains(letter);
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let sound = rest.chars().all(allowed) && (8..=15).contains(&digits.len());
    sound.then(|| format!("{plus}{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(email(" Lan.Nguyen@Cty.VN "), Some("lan.nguyen@cty.vn".to_owned()));
        for wrong in [
            "lan",
            "lan@",
            "@cty.vn",
            "lan@cty.vn\nBcc: x@y.z",
            "lan nguyen@cty.vn",
        ] {
            assert_eq!(email(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_can_be_dialled() {
        assert_eq!(phone("0901 234 567"), Some("0901234567".to_owned()));
        assert_eq!(phone("+84 (0) 901-234-567"), Some("+840901234567".to_owned()));
        assert_eq!(phone("hỏi lễ tân"), None);
    }
}
