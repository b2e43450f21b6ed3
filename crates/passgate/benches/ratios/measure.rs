//! Rounds, medians, and the lines of the table.

use std::fmt;
use std::time::Duration;

/// How often and for how long each side is measured.
pub(crate) struct Rounds {
    pub(crate) count: usize,
    pub(crate) window: Duration,
}

impl Rounds {
    pub(crate) fn from_environment() -> Self {
        let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
        Self {
            count: number("ROUNDS").and_then(|count| usize::try_from(count).ok()).unwrap_or(7).max(1),
            window: Duration::from_millis(number("WINDOW_MS").unwrap_or(2_000)),
        }
    }
}

impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rounds of {} ms each side, {} cores", self.count, self.window.as_millis(), cores())
    }
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// One figure, round by round.
#[derive(Default)]
pub(crate) struct Figure(Vec<f64>);

impl Figure {
    pub(crate) fn note(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Prints its line.
    pub(crate) fn tell(&mut self, name: &str, aim: &str, digits: usize) {
        let median = median(&mut self.0);
        let (least, most) = (self.0[0], self.0[self.0.len() - 1]);
        println!("| {name} | {aim} | {median:.digits$} | {least:.digits$} to {most:.digits$} |");
    }
}

/// Sorts, and gives the one in the middle.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// Sorts, and gives the value below which this part of them lies.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
    let place = (values.len() as f64 * part) as usize;
    values[place.min(values.len() - 1)]
}
