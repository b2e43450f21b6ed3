//! Everything that can be said of the tree without running it.

use crate::run::{cargo, to_the_end};
use crate::tidy;

pub(crate) fn run() -> anyhow::Result<()> {
    to_the_end(cargo().args(["fmt", "--all", "--check"]))?;
    tidy::run()?;
    to_the_end(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    to_the_end(
        cargo().args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"),
    )
}
