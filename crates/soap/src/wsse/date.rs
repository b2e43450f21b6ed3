//! The dates of a security header: how `xs:dateTime` is read and what a validity has to satisfy.

use super::block::at_most_one;
use super::{Rules, SecurityError, WSU};
use crate::xml::read::{ElementInText, text};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use roxmltree::Node;

/// When a message was made and when it ends, as far as it says so.
pub(super) struct Validity {
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
}

impl Validity {
    /// Reads a `Timestamp`: each date once, `Expires` not before `Created`.
    pub(super) fn of_timestamp(timestamp: Node<'_, '_>) -> Result<Self, SecurityError> {
        let date =
            |name| at_most_one(timestamp, (WSU, name)).map_err(|_| SecurityError::HeaderInvalid)?.map(read).transpose();
        let validity = Self { created: date("Created")?, expires: date("Expires")? };
        match (validity.created, validity.expires) {
            (Some(created), Some(expires)) if expires < created => Err(SecurityError::HeaderInvalid),
            _ => Ok(validity),
        }
    }

    /// The validity of a token, which has no end of its own.
    pub(super) fn of_token(created: Option<Timestamp>) -> Self {
        Self { created, expires: None }
    }

    /// Refuses what is made too far ahead of our clock, is too old, or has ended. R82.
    pub(super) fn check(&self, now: Timestamp, rules: &Rules) -> Result<(), SecurityError> {
        let age = |date: Option<Timestamp>| date.map_or(SignedDuration::ZERO, |date| now.duration_since(date));
        if age(self.created) < -rules.ahead {
            return Err(SecurityError::HeaderInvalid);
        }
        if age(self.created) > rules.freshness || age(self.expires) > rules.ahead {
            return Err(SecurityError::Expired);
        }
        Ok(())
    }
}

/// Reads a date out of an element. White space around it means nothing.
pub(super) fn read(element: Node<'_, '_>) -> Result<Timestamp, SecurityError> {
    let text = text(element).map_err(|ElementInText| SecurityError::HeaderInvalid)?;
    date_time(text.trim_matches([' ', '\t', '\r', '\n'])).ok_or(SecurityError::HeaderInvalid)
}

/// Reads an `xs:dateTime` of a four-digit year. One without a zone is UTC, as WSS §10 has all its times.
///
/// By hand, since ISO 8601 readers take many forms (week dates, a space for the `T`, bracketed zone names) that are
/// no `xs:dateTime`.
fn date_time(text: &str) -> Option<Timestamp> {
    let (date_and_time, rest) = text.split_at_checked(19)?;
    let (date, time) = date_and_time.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let (nanosecond, zone) = fraction(rest)?;
    let offset = offset(zone)?;

    // The end of a day may be written as its 24th hour.
    let ends_the_day = hour == 24 && minute == 0 && second == 0 && nanosecond == 0;
    let hour = if ends_the_day { 0 } else { hour };
    let small = |number: i16| i8::try_from(number).ok();
    let civil =
        DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, nanosecond)
            .ok()?;
    let instant = offset.to_timestamp(civil).ok()?;
    if ends_the_day { instant.checked_add(SignedDuration::from_hours(24)).ok() } else { Some(instant) }
}

/// Three numbers of fixed width. Only ASCII digits are digits.
fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i16; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        *number = digits(parts.next()?, width)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn digits(text: &str, width: usize) -> Option<i16> {
    let fits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// The nanoseconds of a fraction, if there is one, and what follows. Digits beyond the ninth are dropped.
fn fraction(text: &str) -> Option<(i32, &str)> {
    let Some(text) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return None;
    }
    let nanoseconds = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some((nanoseconds.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0')), rest))
}

/// `Z`, `+hh:mm`, `-hh:mm` or nothing; fourteen hours at most.
fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "" | "Z") {
        return Some(Offset::UTC);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    Offset::from_seconds(sign * i32::from(hours * 60 + minutes) * 60).ok()
}
