//! The benchmarks of docs/performance.md, each a ratio of two sides measured in one run.

use crate::run::{cargo, to_the_end};

pub(crate) fn run() -> anyhow::Result<()> {
    to_the_end(cargo().args(["bench", "--package", "passgate-hashing", "--locked"]))?;
    to_the_end(cargo().args(["bench", "--package", "passgate", "--locked"]))
}
