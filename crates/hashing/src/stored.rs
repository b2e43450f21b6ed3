//! The stored form of a hash: a PHC string, written in one way and read strictly.
//!
//! `$argon2id$v=19$m=19456,t=2,p=1,keyid=Azc$<salt>$<tag>`, with `keyid` (the name of the pepper key in
//! base64) only where there is a pepper. What this module cannot read again letter by letter it refuses.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use passgate_gate::password::PasswordHash;
use zeroize::Zeroizing;

use crate::cost::Cost;
use crate::pepper::PepperId;

/// The length of a fresh salt. R1.
pub(crate) const SALT_BYTES: usize = 16;
/// The length of a fresh tag. R1.
pub(crate) const TAG_BYTES: usize = 32;

/// The longest string worth looking at: both fields of 64 bytes and the largest numbers fit well.
const LONGEST: usize = 320;

/// A stored hash, taken apart.
pub(crate) struct Stored {
    pub(crate) cost: Cost,
    pub(crate) pepper: Option<PepperId>,
    pub(crate) salt: Vec<u8>,
    pub(crate) tag: Zeroizing<Vec<u8>>,
}

/// Why a stored value is not compared with anything (R6). Carries nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("not an Argon2id hash of version 19")]
    Foreign,
    #[error("damaged")]
    Damaged,
    #[error("salt of fewer than 8 or tag of fewer than 16 bytes, or either above 64")]
    Lengths,
    #[error("costs more than the ceiling of the settings")]
    TooDear,
    #[error("names a pepper key that is not configured")]
    PepperMissing,
}

impl Stored {
    /// Reads a stored value; `ceiling` is what it may cost to compute.
    pub(crate) fn parse(hash: &PasswordHash, ceiling: Cost) -> Result<Self, Refused> {
        let text = hash.as_phc();
        if text.len() > LONGEST {
            return Err(Refused::Damaged);
        }
        let rest = text.strip_prefix("$argon2id$v=19$").ok_or(Refused::Foreign)?;
        let stored = Self::parse_fields(rest).ok_or(Refused::Damaged)?;
        // Leading zeros, plus signs, stray bits in base64 and all else that has two spellings end here.
        if stored.as_text().as_str() != text {
            return Err(Refused::Damaged);
        }
        if !(8..=64).contains(&stored.salt.len()) || !(16..=64).contains(&stored.tag.len()) {
            return Err(Refused::Lengths);
        }
        if !stored.cost.is_argon2() {
            return Err(Refused::Damaged);
        }
        if !stored.cost.fits_under(ceiling) {
            return Err(Refused::TooDear);
        }
        Ok(stored)
    }

    fn parse_fields(rest: &str) -> Option<Self> {
        let mut fields = rest.split('$');
        let (params, salt, tag) = (fields.next()?, fields.next()?, fields.next()?);
        if fields.next().is_some() {
            return None;
        }
        let mut params = params.split(',');
        let cost = Cost {
            memory_kib: number(params.next()?, "m=")?,
            passes: number(params.next()?, "t=")?,
            lanes: number(params.next()?, "p=")?,
        };
        let pepper = match params.next() {
            None => None,
            Some(field) => Some(pepper_id(field)?),
        };
        if params.next().is_some() {
            return None;
        }
        Some(Self { cost, pepper, salt: BASE64.decode(salt).ok()?, tag: Zeroizing::new(BASE64.decode(tag).ok()?) })
    }

    /// The PHC string.
    pub(crate) fn to_hash(&self) -> PasswordHash {
        let mut text = self.as_text();
        PasswordHash::from_phc(std::mem::take(&mut *text))
    }

    fn as_text(&self) -> Zeroizing<String> {
        let Cost { memory_kib, passes, lanes } = self.cost;
        // Enough for every field, so that the string never grows and leaves an unwiped copy behind.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        write!(text, "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}").expect("a String takes all text");
        if let Some(id) = &self.pepper {
            text.push_str(",keyid=");
            BASE64.encode_string(id.as_str(), &mut text);
        }
        text.push('$');
        BASE64.encode_string(&self.salt, &mut text);
        text.push('$');
        BASE64.encode_string(&*self.tag, &mut text);
        text
    }
}

fn number(field: &str, name: &str) -> Option<u32> {
    field.strip_prefix(name)?.parse().ok()
}

fn pepper_id(field: &str) -> Option<PepperId> {
    let bytes = BASE64.decode(field.strip_prefix("keyid=")?).ok()?;
    PepperId::new(std::str::from_utf8(&bytes).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &str = "c29tZXNhbHRzb21lc2FsdA";
    const TAG: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

    #[track_caller]
    fn check(text: &str, expected: Result<(), Refused>) {
        let hash = PasswordHash::from_phc(text.replace("SALT", SALT).replace("TAG", TAG));
        let read = Stored::parse(&hash, Cost::HIGH);
        if let Ok(stored) = &read {
            assert!(stored.to_hash() == hash, "{text} is written as it was read");
        }
        assert_eq!(read.map(|_| ()), expected, "{text}");
    }

    #[test]
    fn what_the_lane_writes_it_reads() {
        // R1, R3.
        check("$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG", Ok(()));
        check("$argon2id$v=19$m=65536,t=3,p=4,keyid=azE$SALT$TAG", Ok(()));
        check("$argon2id$v=19$m=8,t=1,p=1$SALT$TAG", Ok(()));
    }

    #[test]
    fn foreign_hashes_are_refused() {
        // R6.
        check("", Err(Refused::Foreign));
        check("$2b$12$abcdefghijklmnopqrstuvabcdefghijklmnopqrstuvwxyz01234", Err(Refused::Foreign));
        check("$argon2i$v=19$m=19456,t=2,p=1$SALT$TAG", Err(Refused::Foreign));
        check("$argon2d$v=19$m=19456,t=2,p=1$SALT$TAG", Err(Refused::Foreign));
        check("$argon2id$v=16$m=19456,t=2,p=1$SALT$TAG", Err(Refused::Foreign));
        check("$argon2id$m=19456,t=2,p=1$SALT$TAG", Err(Refused::Foreign));
        check(" $argon2id$v=19$m=19456,t=2,p=1$SALT$TAG", Err(Refused::Foreign));
    }

    #[test]
    fn a_value_with_a_second_spelling_is_refused() {
        // R6.
        for damaged in [
            "$argon2id$v=19$",
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$argon2id$v=19$m=19456,t=2,p=1$SALT",
            "$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG$",
            "$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG ",
            "$argon2id$v=19$m=019456,t=2,p=1$SALT$TAG",
            "$argon2id$v=19$m=+19456,t=2,p=1$SALT$TAG",
            "$argon2id$v=19$m=-1,t=2,p=1$SALT$TAG",
            "$argon2id$v=19$t=2,m=19456,p=1$SALT$TAG",
            "$argon2id$v=19$m=19456,t=2$SALT$TAG",
            "$argon2id$v=19$m=19456,t=2,p=1,p=1$SALT$TAG",
            "$argon2id$v=19$m=19456,t=2,p=1,keyid=$SALT$TAG",
            "$argon2id$v=19$m=19456,t=2,p=1,keyid=azE,data=azE$SALT$TAG",
            "$argon2id$v=19$m=4294967296,t=2,p=1$SALT$TAG",
            "$argon2id$v=19$m=19456,t=2,p=1$SALT==$TAG",
            "$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG=",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdB$TAG",
            "$argon2id$v=19$m=19456,t=0,p=1$SALT$TAG",
            "$argon2id$v=19$m=19456,t=2,p=0$SALT$TAG",
            "$argon2id$v=19$m=7,t=2,p=1$SALT$TAG",
            "$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG\u{0}",
            "$argon2id$v=19$m=19456,t=2,p=1$Sälz$TAG",
        ] {
            check(damaged, Err(Refused::Damaged));
        }
        check(&format!("$argon2id$v=19$m=19456,t=2,p=1$SALT${}", "A".repeat(100_000)), Err(Refused::Damaged));
    }

    #[test]
    fn too_short_a_tag_or_salt_is_refused() {
        // R6: a tag of one byte matches every 256th password.
        check("$argon2id$v=19$m=19456,t=2,p=1$SALT$MDE", Err(Refused::Lengths));
        check("$argon2id$v=19$m=19456,t=2,p=1$SALT$", Err(Refused::Lengths));
        check("$argon2id$v=19$m=19456,t=2,p=1$MDE$TAG", Err(Refused::Lengths));
    }

    #[test]
    fn a_value_that_costs_more_than_the_ceiling_is_refused_unrun() {
        // R6, R128.
        check("$argon2id$v=19$m=4294967295,t=2,p=1$SALT$TAG", Err(Refused::TooDear));
        check("$argon2id$v=19$m=65537,t=1,p=1$SALT$TAG", Err(Refused::TooDear));
        check("$argon2id$v=19$m=65536,t=4,p=1$SALT$TAG", Err(Refused::TooDear));
        check("$argon2id$v=19$m=8,t=4294967295,p=1$SALT$TAG", Err(Refused::TooDear));
        check("$argon2id$v=19$m=65536,t=1,p=17$SALT$TAG", Err(Refused::TooDear));
    }
}
