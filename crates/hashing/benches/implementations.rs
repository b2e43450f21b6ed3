//! The Argon2 implementations that are written in Rust, against each other, and the lane
//! against bare loops: `cargo bench -p passgate-hashing --bench implementations`. With libsodium beside them:
//! `cargo run --release --manifest-path crates/hashing/benches/with-libsodium/Cargo.toml`.
//! What was decided with the figures: docs/decisions/0003.

mod lane;
mod measure;

fn main() {
    // Cargo runs benches in test mode too: there is nothing to test in a measurement.
    if std::env::args().any(|argument| argument == "--bench") {
        measure::run(&measure::candidates::in_rust());
        lane::run();
    }
}
