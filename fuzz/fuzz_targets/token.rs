//! The promise of `passgate_fuzzing::token`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::token::holds(data));
