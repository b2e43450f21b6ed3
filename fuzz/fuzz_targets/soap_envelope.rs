//! The promise of `passgate_fuzzing::soap_envelope`, for any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| passgate_fuzzing::soap_envelope::holds(data));
