//! The list of common passwords that is built in. Nothing is fetched, and nothing is asked elsewhere (R12).
//!
//! How it was made, and out of what, stands beside it in `data/README.md`.

use std::collections::HashSet;
use std::sync::LazyLock;

/// One folded password per line.
const LIST: &str = include_str!("../../data/common-passwords.txt");

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether the folded password is, as a whole, a common one. Contract: ecgrid-rest 3 #23, R12.
pub(super) fn is_common(folded: &str) -> bool {
    COMMON.contains(folded)
}
