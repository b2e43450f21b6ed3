//! Randomness comes in, so that tests can decide it.

/// A source of random bytes fit for secrets.
pub trait Rng: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The generator of the operating system: the only one outside tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRng;

impl Rng for OsRng {
    /// # Panics
    /// When the operating system has no randomness to give: nothing that follows could be safe.
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives random bytes");
    }
}
