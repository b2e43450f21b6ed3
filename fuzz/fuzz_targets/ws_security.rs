//! The promise of `passgate_fuzzing::ws_security`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::ws_security::holds(data));
