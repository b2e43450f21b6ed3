//! The promise of `passgate_fuzzing::rest_body`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::rest_body::holds(data));
