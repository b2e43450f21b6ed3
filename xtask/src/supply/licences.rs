//! Licence expressions as packages write them: SPDX, and the old form with a slash.

use anyhow::bail;

/// Whether a package may be used under one of these licences: of `OR` one side, of `AND` both.
pub(crate) fn allowed(expression: &str, licences: &[String]) -> anyhow::Result<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut reader = Reader { words: spaced.split_whitespace().collect(), at: 0, licences };
    let allowed = reader.alternatives()?;
    match reader.next() {
        None => Ok(allowed),
        Some(word) => bail!("{expression:?} goes on with {word:?}"),
    }
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    licences: &'a [String],
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.at += 1;
        self.words.get(self.at - 1).copied()
    }

    fn takes(&mut self, word: &str) -> bool {
        let is = self.words.get(self.at).is_some_and(|it| it.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn alternatives(&mut self) -> anyhow::Result<bool> {
        let mut allowed = self.both()?;
        while self.takes("OR") {
            allowed |= self.both()?;
        }
        Ok(allowed)
    }

    fn both(&mut self) -> anyhow::Result<bool> {
        let mut allowed = self.one()?;
        while self.takes("AND") {
            allowed &= self.one()?;
        }
        Ok(allowed)
    }

    fn one(&mut self) -> anyhow::Result<bool> {
        if self.takes("(") {
            let inner = self.alternatives()?;
            if !self.takes(")") {
                bail!("a bracket is not closed in {:?}", self.words.join(" "));
            }
            return Ok(inner);
        }
        let Some(licence) = self.next() else { bail!("{:?} ends too early", self.words.join(" ")) };
        // An exception such as LLVM's only takes duties away.
        if self.takes("WITH") && self.next().is_none() {
            bail!("{:?} ends too early", self.words.join(" "));
        }
        Ok(self.licences.iter().any(|allowed| allowed == licence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, expected: bool) {
        let licences = ["MIT", "Apache-2.0", "ISC"].map(str::to_owned);
        assert_eq!(allowed(expression, &licences).unwrap(), expected, "{expression}");
    }

    #[test]
    fn of_alternatives_one_is_enough_and_of_what_belongs_together_all() {
        // R123
        check("MIT", true);
        check("GPL-3.0-only", false);
        check("MIT OR GPL-3.0-only", true);
        check("MIT AND GPL-3.0-only", false);
        check("MIT/Apache-2.0", true);
        check("GPL-2.0 / LGPL-2.1", false);
        check("(MIT OR Apache-2.0) AND Unicode-3.0", false);
        check("ISC AND (GPL-3.0-only OR MIT)", true);
        check("GPL-3.0-only OR ISC AND MIT", true);
        check("Apache-2.0 WITH LLVM-exception OR BSL-1.0", true);
    }

    #[test]
    fn what_cannot_be_read_is_no_licence() {
        for text in ["", "MIT OR", "(MIT", "MIT MIT", "MIT) OR ISC", "MIT WITH"] {
            assert!(allowed(text, &["MIT".to_owned()]).is_err(), "{text}");
        }
    }
}
