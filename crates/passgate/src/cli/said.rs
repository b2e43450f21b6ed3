//! Saying what was done. The macros stand in for those of the standard library within the command line: those panic
//! when nobody reads any more (`| head`) or the disk is full.

use std::fmt::Arguments;
use std::io::{self, Write as _};

use super::exit;

/// Writes to standard output; where that cannot be, says so and ends the program with 1. What the command has done
/// stays done: the store is as after any other end.
pub(super) fn out(text: Arguments<'_>) {
    let mut to = io::stdout().lock();
    if let Err(error) = to.write_fmt(text).and_then(|()| to.flush()) {
        let _ =
            writeln!(io::stderr(), "passgate: standard output cannot be written: {error}; what was done stays done");
        std::process::exit(exit::FAILED.into());
    }
}

macro_rules! print {
    ($($text:tt)*) => { $crate::cli::said::out(format_args!($($text)*)) };
}

macro_rules! println {
    () => { $crate::cli::said::out(format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::said::out(format_args!("{}\n", format_args!($($text)*))) };
}
