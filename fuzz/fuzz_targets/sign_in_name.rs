//! The promise of `passgate_fuzzing::sign_in_name`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::sign_in_name::holds(data));
