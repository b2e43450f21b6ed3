//! The promise of `passgate_fuzzing::trail_line`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::trail_line::holds(data));
