//! Sector, capability and the like: what a listing is about, what it must have and must not.

use crate::kit::lang::Lang;
use crate::kit::web::Form;
use crate::listings::{Content, Tag, Weight};
use crate::vocab::{self, Scheme};

/// The code lists of the second step, each a field of its own name.
const FIT: [(Scheme, &str); 5] = [
    (Scheme::Sector, "sector"),
    (Scheme::Capability, "capability"),
    (Scheme::Cooperation, "cooperation"),
    (Scheme::Industry, "industry"),
    (Scheme::Sdg, "sdg"),
];

pub(super) fn fill(form: &mut Form, content: &Content) {
    for (scheme, name) in FIT {
        for code in content.codes(scheme) {
            form.add(name, code);
        }
    }
    for tag in &content.tags {
        match tag.weight {
            Weight::Must => form.add("must", format!("{}:{}", tag.scheme, tag.code)),
            Weight::Not => form.add("not", format!("{}:{}", tag.scheme, tag.code)),
            Weight::Nice => {}
        }
    }
}

pub(super) fn read(form: &mut Form, content: &mut Content) {
    let mut tags = Vec::new();
    for (scheme, name) in FIT {
        for code in form.values(name).filter(|code| vocab::knows(scheme, code)) {
            let named = format!("{scheme}:{code}");
            let weight = if form.has("must", &named) {
                Weight::Must
            } else {
                Weight::Nice
            };
            tags.push(Tag {
                scheme,
                code: code.to_owned(),
                weight,
            });
        }
    }
    for (weight, name) in [(Weight::Must, "must"), (Weight::Not, "not")] {
        let named: Vec<(Scheme, String)> = form.values(name).filter_map(known_code).collect();
        for (scheme, code) in &named {
            let scheme = *scheme;
            if !tags.iter().any(|tag| tag.scheme == scheme && tag.code == *code) {
                tags.push(Tag {
                    scheme,
                    code: code.clone(),
                    weight,
                });
            } else if weight == Weight::Not {
                form.flaw(
                    "not",
                    format!(
                        "“{}” vừa được chọn vừa bị loại.",
                        vocab::label(scheme, code, Lang::Vi)
                    ),
                    format!(
                        "“{}” is both wanted and excluded.",
                        vocab::label(scheme, code, Lang::En)
                    ),
                );
                return;
            }
        }
    }
    content.tags = tags;
}

/// `capability:cv.class`, where both are known.
fn known_code(named: &str) -> Option<(Scheme, String)> {
    let (scheme, code) = named.split_once(':')?;
    let scheme = Scheme::from_code(scheme).filter(|scheme| vocab::knows(*scheme, code))?;
    Some((scheme, code.to_owned()))
}
