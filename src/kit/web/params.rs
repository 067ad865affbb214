//! The query of the address, and the addresses one step away from it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::Holds;
use super::form::{Form, parse};
use crate::kit::fault::Fault;

/// The query of the address: the state of a search page.
#[derive(Debug, Clone, Default)]
pub struct Params(Form);

impl std::ops::Deref for Params {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.0
    }
}

impl Params {
    pub fn parse(query: &str) -> Params {
        Params(Form::of(parse(query.as_bytes()).unwrap_or_default()))
    }

    /// The page's number from `page=`, 1 and up.
    pub fn page(&self) -> usize {
        self.value("page").parse().unwrap_or(1).clamp(1, 1_000)
    }

    /// The query with one field set to one value (or, with "", taken away); `page` goes back to the first.
    pub fn with_value(&self, name: &str, value: &str) -> String {
        let mut kept: Vec<(&str, &str)> = self.kept().filter(|(field, _)| *field != name).collect();
        if !value.is_empty() {
            kept.push((name, value));
        }
        encode(&kept)
    }

    /// The query with one value of a field taken away, or put in where it was not.
    pub fn toggled(&self, name: &str, value: &str) -> String {
        let mut kept: Vec<(&str, &str)> = self.kept().filter(|pair| *pair != (name, value)).collect();
        if kept.len() == self.kept().count() {
            kept.push((name, value));
        }
        encode(&kept)
    }

    /// The query at another page.
    pub fn at_page(&self, page: impl Holds<usize>) -> String {
        let page = page.held().to_string();
        let mut kept: Vec<(&str, &str)> = self.kept().collect();
        kept.push(("page", &page));
        encode(&kept)
    }

    fn kept(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, value)| *name != "page" && !value.is_empty())
    }
}

impl FromRequest for Params {
    type Error = Fault;
    type Future = Ready<Result<Params, Fault>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Params::parse(request.query_string())))
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    serde_html_form::to_string(pairs).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_takes_itself_out_of_the_address() {
        let params = Params::parse("q=lúa&sector=health&sector=culture&page=3");
        assert_eq!(params.toggled("sector", "health"), "q=l%C3%BAa&sector=culture");
        assert_eq!(
            params.with_value("sort", "newest"),
            "q=l%C3%BAa&sector=health&sector=culture&sort=newest"
        );
        assert_eq!(params.page(), 3);
    }
}
