//! The promise of `passgate_fuzzing::form_body`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::form_body::holds(data));
