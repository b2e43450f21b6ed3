//! Forms, against the reading of `form_urlencoded`. R69, R75, R76, R78.

use passgate_soap::Call;

use crate::choices::{choose, text};
use crate::service::{SET_WORD, aspnet, post};

const FORM: &str = "application/x-www-form-urlencoded";
const PATH: &str = "/locker/SetWord";

/// What is taken means what a form parser says it means, and a password arrives as it was written.
pub fn holds(data: &[u8]) {
    match choose(data, 2) {
        Some((0, body)) => any_form(body),
        Some((_, rest)) => a_word_arrives(&text(rest)),
        None => {}
    }
}

fn any_form(body: &[u8]) {
    let call = match post(aspnet(), PATH, FORM, body) {
        Ok(call) => call,
        Err(refused) => {
            assert!([413, 415, 500].contains(&refused.status.as_u16()), "status {}", refused.status);
            assert!(refused.body.len() < 100, "a refusal has fixed words");
            return;
        }
    };
    assert_eq!(call.operation().name, SET_WORD.name);
    for parameter in SET_WORD.signatures[0].parameters {
        let mut expected = form_urlencoded::parse(body)
            .filter(|(name, _)| name.eq_ignore_ascii_case(parameter.name))
            .map(|(_, value)| value);
        assert_eq!(call.text(parameter.name).map(Into::into), expected.next(), "{}", parameter.name);
        assert!(expected.next().is_none(), "{} twice", parameter.name);
    }
    let written = written(&call);
    let again = post(aspnet(), PATH, FORM, written.as_bytes());
    assert!(again.is_ok_and(|again| self::written(&again) == written), "written and read again it is another call");
}

fn written(call: &Call) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for parameter in SET_WORD.signatures[0].parameters {
        if let Some(text) = call.text(parameter.name) {
            form.append_pair(parameter.name, text);
        }
    }
    form.finish()
}

fn a_word_arrives(word: &str) {
    let form =
        form_urlencoded::Serializer::new(String::new()).append_pair("owner", "7").append_pair("word", word).finish();
    match post(aspnet(), PATH, FORM, form.as_bytes()) {
        Ok(call) => assert_eq!(call.text("Word"), Some(word), "the word is another one"),
        Err(refused) => assert_eq!(refused.status, 413, "a plain form is refused"),
    }
}
