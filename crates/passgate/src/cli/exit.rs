//! Exit codes: the same meaning in every command, so that a script can tell them apart.

/// Done.
pub const DONE: u8 = 0;
/// It failed for a reason that no other code names; the text says which.
pub const FAILED: u8 = 1;
/// The command line is not right; nothing was done.
pub const USAGE: u8 = 2;
/// The configuration, the data folder or a key file is refused; nothing was done.
pub const CONFIG: u8 = 3;
/// The caller may not do this, or the API key is not good.
pub const DENIED: u8 = 4;
/// There is no such tenant, user or key, or the caller may not see it.
pub const NOT_FOUND: u8 = 5;
/// What was given is refused: a password that breaks the policy, a name that is taken.
pub const REFUSED: u8 = 6;
/// The audit trail does not verify.
pub const TAMPERED: u8 = 7;
/// `doctor` found something that has to be mended; each of its lines says what to do.
pub const UNSOUND: u8 = 8;
/// A second stop signal during the drain.
pub const INTERRUPTED: u8 = 130;
