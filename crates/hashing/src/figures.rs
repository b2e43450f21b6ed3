//! What the lane tells about itself, for metrics and for tests that must show that nothing was hashed.

/// The lane at one moment; counters run from its start. R29, R55.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Argon2 computations begun, dummies included, the known answers at start not.
    pub hashes: u64,
    /// Requests turned away because the queue was full: keyed callers.
    pub refused_keyed: u64,
    /// Requests turned away because the queue was full: sign-in.
    pub refused_sign_in: u64,
    /// Requests whose caller went away before their turn; they were not hashed.
    pub abandoned: u64,
    /// Computations that panicked. Anything but zero is a bug worth reporting.
    pub panics: u64,
    /// Keyed callers waiting now.
    pub waiting_keyed: usize,
    /// Sign-ins waiting now.
    pub waiting_sign_in: usize,
    /// Slots at work now.
    pub running: usize,
    /// Slots in all.
    pub slots: usize,
    /// Argon2 memory held by the slots now, in KiB: slots times memory, plus that of stored hashes that
    /// need more than today's settings, while they are computed.
    pub memory_kib: u64,
    /// How often Argon2 memory was allocated: once per slot, and once per stored hash that needs more than
    /// today's settings.
    pub allocations: u64,
}
