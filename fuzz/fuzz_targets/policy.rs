//! The promise of `passgate_fuzzing::policy`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::policy::holds(data));
