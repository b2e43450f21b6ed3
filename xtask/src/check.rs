//! Everything that can be said of the tree without running it.

use crate::run::{cargo, to_the_end};
use crate::supply;
use crate::tidy;

pub(crate) fn run() -> anyhow::Result<()> {
    to_the_end(cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run()?;
    supply::rules::run()?;
    to_the_end(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    // The opt-in implementation has to stay compilable, and in step with the default one.
    to_the_end(cargo().args([
        "clippy",
        "--package",
        "passgate-hashing",
        "--all-targets",
        "--locked",
        "--features",
        "fast-argon2",
        "--",
        "-D",
        "warnings",
    ]))?;
    to_the_end(
        cargo().args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"),
    )
}
