//! The promise of `passgate_fuzzing::stored_hash`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::stored_hash::holds(data));
