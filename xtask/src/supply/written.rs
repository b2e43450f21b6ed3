//! `supply-chain.toml`: what is allowed, and the dated exceptions.

use anyhow::{Context, bail};
use jiff::civil::Date;
use serde::Deserialize;

use crate::run::root;

const FILE: &str = "supply-chain.toml";

/// What is asked of packages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// Licences under which a package may come; of alternatives one is enough.
    pub(crate) licences: Vec<String>,
    #[serde(default)]
    pub(crate) exception: Vec<Exception>,
}

/// Something that is let be for a while.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    pub(crate) kind: Kind,
    /// A package, or for an advisory its id.
    pub(crate) of: String,
    /// Why it does no harm, or why it cannot be helped just now.
    pub(crate) reason: String,
    /// The last day. From the next one on the check fails until somebody has looked again.
    pub(crate) until: Date,
}

/// What an exception is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Licence,
    Source,
    Duplicate,
    Advisory,
}

impl Written {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(root().join(FILE)).context(FILE)?;
        Self::parse(&text).context(FILE)
    }

    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let written: Self = toml::from_str(text)?;
        if let Some(silent) = written.exception.iter().find(|it| it.reason.trim().is_empty()) {
            bail!("the exception of {} has no reason", silent.of);
        }
        Ok(written)
    }

    /// Takes out of what was found that for which there is an exception, and adds the exceptions whose time is over
    /// and those that nothing needs any more.
    pub(crate) fn except(&self, kind: Kind, found: Vec<Found>, today: Date) -> Vec<String> {
        let (mut left, mut used) = (Vec::new(), Vec::new());
        for Found { of, text } in found {
            match self.exception.iter().find(|it| it.kind == kind && it.of == of) {
                Some(exception) if exception.until < today => {
                    left.push(format!("{text}; its exception ended on {}", exception.until));
                }
                Some(_) => {}
                None => left.push(text),
            }
            used.push(of);
        }
        let stale = self.exception.iter().filter(|it| it.kind == kind && !used.contains(&it.of));
        left.extend(stale.map(|it| format!("{FILE}: nothing needs the exception of {} any more", it.of)));
        left
    }
}

/// Something that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// By which an exception names it.
    pub(crate) of: String,
    pub(crate) text: String,
}

/// The day on which the check runs.
pub(crate) fn today() -> Date {
    #[expect(clippy::disallowed_methods, reason = "exceptions end on the day that it is, not on one of a test")]
    let now = jiff::Timestamp::now();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(of: &str) -> Vec<Found> {
        vec![Found { of: of.to_owned(), text: format!("{of} is there") }]
    }

    #[test]
    fn an_exception_holds_until_its_day_and_must_be_needed() {
        // R123: dated exceptions only.
        let written = Written::parse(
            "licences = []\n[[exception]]\nkind = \"duplicate\"\nof = \"syn\"\nreason = \"r\"\nuntil = \"2027-03-01\"\n",
        )
        .unwrap();
        let on = |day: &str, found| written.except(Kind::Duplicate, found, day.parse().unwrap());
        assert!(on("2027-03-01", found("syn")).is_empty());
        assert_eq!(on("2027-03-02", found("syn")), ["syn is there; its exception ended on 2027-03-01"]);
        assert_eq!(on("2027-03-01", found("base64")).len(), 2, "an unneeded exception is told too");
        assert_eq!(written.except(Kind::Licence, found("syn"), today()), ["syn is there"]);
    }

    #[test]
    fn an_exception_says_why_and_until_when() {
        for wrong in ["reason = \"\"\nuntil = \"2027-03-01\"", "reason = \"r\"", "until = \"2027-03-01\""] {
            let text = format!("licences = []\n[[exception]]\nkind = \"source\"\nof = \"x\"\n{wrong}\n");
            assert!(Written::parse(&text).is_err(), "{text}");
        }
    }
}
