//! How far it is: a bar where a person watches, a line per table where nobody does.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use passgate_store::moving::Step;

/// Between two drawings of the bar.
const FRAME: Duration = Duration::from_millis(200);
/// Between two lines about one long table.
const LINE: Duration = Duration::from_secs(15);
const WIDTH: u64 = 24;

/// One pass over all tables.
pub(super) struct Progress {
    what: &'static str,
    shape: Shape,
    counts: Vec<(&'static str, u64)>,
    total: u64,
    /// Rows of the tables before this one.
    passed: u64,
    table: Option<&'static str>,
    rows: u64,
    /// What was there when this pass began with a table: no work of its own.
    found: u64,
    began: Instant,
    drawn: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Bar,
    Lines,
    Nothing,
}

impl Progress {
    pub(super) fn new(what: &'static str, counts: &[(&'static str, u64)], quiet: bool) -> Self {
        let shape = match (quiet, std::io::stdout().is_terminal()) {
            (true, _) => Shape::Nothing,
            (false, true) => Shape::Bar,
            (false, false) => Shape::Lines,
        };
        Self {
            what,
            shape,
            total: counts.iter().map(|(_, rows)| rows).sum(),
            counts: counts.to_vec(),
            passed: 0,
            table: None,
            rows: 0,
            found: 0,
            began: Instant::now(),
            drawn: None,
        }
    }

    /// Takes note of a step.
    pub(super) fn at(&mut self, step: Step) {
        let (Step::Copying(table, rows) | Step::Comparing(table, rows)) = step;
        if self.table != Some(table) {
            self.end_table();
            self.table = Some(table);
            self.found += rows;
        }
        self.rows = rows;
        let due = if self.shape == Shape::Bar { FRAME } else { LINE };
        let due = *self.drawn.get_or_insert_with(Instant::now) + due;
        if Instant::now() >= due {
            self.drawn = Some(Instant::now());
            match self.shape {
                Shape::Bar => draw(&self.bar(self.began.elapsed())),
                Shape::Lines => self.line(),
                Shape::Nothing => {}
            }
        }
    }

    /// The pass is over.
    pub(super) fn end(&mut self) {
        self.end_table();
        if self.shape == Shape::Bar {
            draw("");
            let before = if self.found == 0 { String::new() } else { format!(", {} were there", grouped(self.found)) };
            let (done, time) = (grouped(self.passed - self.found), clock(self.began.elapsed().as_secs()));
            println!("\r{} {done} rows in {time}{before}", self.what);
        }
    }

    fn end_table(&mut self) {
        if self.shape == Shape::Lines && self.rows > 0 {
            self.line();
        }
        self.passed += std::mem::take(&mut self.rows);
        self.drawn = self.drawn.map(|_| Instant::now()).filter(|_| self.shape == Shape::Lines).or(self.drawn);
    }

    fn line(&self) {
        let Some(table) = self.table else { return };
        let all = self.counts.iter().find(|(name, _)| *name == table).map_or(self.rows, |(_, rows)| *rows);
        println!("{} {table}: {} of {} rows", self.what, grouped(self.rows), grouped(all));
    }

    fn bar(&self, passed: Duration) -> String {
        let done = self.passed + self.rows;
        let total = self.total.max(done).max(1);
        let filled = done * WIDTH / total;
        let bar: String = (0..WIDTH).map(|place| if place < filled { '#' } else { '.' }).collect();
        let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX).max(1);
        let rate = (done.saturating_sub(self.found)).saturating_mul(1000) / millis;
        let left = (total - done).checked_div(rate).map_or_else(|| "-".to_owned(), clock);
        format!(
            "[{bar}] {:>3} %  {}/{}  {}/s  {left} left  {}",
            done * 100 / total,
            grouped(done),
            grouped(total),
            grouped(rate),
            self.table.unwrap_or_default()
        )
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // An error is told on a line of its own.
        if self.shape == Shape::Bar && std::mem::take(&mut self.rows) > 0 {
            println!();
        }
    }
}

/// Takes the place of what stood on the line.
fn draw(text: &str) {
    let mut out = std::io::stdout();
    // Nobody watches any more, which is no reason to stop.
    let _ = write!(out, "\r\x1b[K{text}").and_then(|()| out.flush());
}

fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// `1234567` as `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_tells_share_rate_and_time_left_of_this_run() {
        let mut progress = Progress::new("copied", &[("users", 1_000_000), ("audit_events", 3_000_000)], true);
        progress.at(Step::Copying("users", 500_000));
        progress.at(Step::Copying("users", 1_000_000));
        progress.at(Step::Copying("audit_events", 0));
        progress.at(Step::Copying("audit_events", 1_000_000));
        let bar = progress.bar(Duration::from_secs(10));
        // Half a million was there before: 1.5 million in ten seconds.
        assert_eq!(bar, "[############............]  50 %  2,000,000/4,000,000  150,000/s  0:13 left  audit_events");
    }

    #[test]
    fn numbers_and_times_are_easy_to_read() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 59, 61, 3_725].map(clock), ["0:00", "0:59", "1:01", "1:02:05"]);
    }
}
