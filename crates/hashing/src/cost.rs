//! What one hash costs, the floor below which nobody may go, and the ceiling for stored values.

/// The dearest settings that may be chosen, as a guard against a slip of the keyboard: 1 GiB.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 16;

/// The three cost parameters of Argon2id.
///
/// A value made with [`Cost::new`] is never below the floor of R1; one read from a stored hash may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
}

/// Why a cost cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// R1.
    #[error("below the floor of 19456 KiB, 2 passes, 1 lane")]
    BelowFloor,
    /// More than 1 GiB, 64 passes or 16 lanes.
    #[error("above 1048576 KiB, 64 passes or 16 lanes")]
    TooDear,
}

impl Cost {
    /// The floor and the default: 19 MiB, two passes, one lane. R1.
    pub const FLOOR: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    /// The `high` profile: 64 MiB, three passes, four lanes. R1.
    pub const HIGH: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };

    /// A cost to hash with: memory in KiB, passes over it, lanes. R1.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostError> {
        if memory_kib < Self::FLOOR.memory_kib || passes < Self::FLOOR.passes || lanes < Self::FLOOR.lanes {
            return Err(CostError::BelowFloor);
        }
        if memory_kib > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES {
            return Err(CostError::TooDear);
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// Memory in KiB.
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes; they are computed one after the other, since one slot is one core.
    pub const fn lanes(self) -> u32 {
        self.lanes
    }

    /// Whether a stored hash of this cost may be computed under `ceiling`: neither more memory nor more
    /// work in all, whatever the number of passes it is spread over.
    pub(crate) fn fits_under(self, ceiling: Self) -> bool {
        self.memory_kib <= ceiling.memory_kib && self.lanes <= MOST_LANES && self.work() <= ceiling.work()
    }

    /// What Argon2 itself asks of its parameters (RFC 9106, section 3.1).
    pub(crate) fn is_argon2(self) -> bool {
        self.passes >= 1 && self.lanes >= 1 && u64::from(self.memory_kib) >= 8 * u64::from(self.lanes)
    }

    /// A ceiling under which both fit.
    pub(crate) fn covering(self, other: Self) -> Self {
        Self {
            memory_kib: self.memory_kib.max(other.memory_kib),
            passes: self.passes.max(other.passes),
            lanes: self.lanes.max(other.lanes),
        }
    }

    fn work(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self::FLOOR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(memory_kib: u32, passes: u32, lanes: u32, expected: Result<(), CostError>) {
        assert_eq!(Cost::new(memory_kib, passes, lanes).map(|_| ()), expected);
    }

    #[test]
    fn a_cost_below_the_floor_cannot_be_made() {
        // R1.
        check(19_456, 2, 1, Ok(()));
        check(65_536, 3, 4, Ok(()));
        check(19_455, 2, 1, Err(CostError::BelowFloor));
        check(65_536, 1, 4, Err(CostError::BelowFloor));
        check(19_456, 2, 0, Err(CostError::BelowFloor));
        check(u32::MAX, 2, 1, Err(CostError::TooDear));
        check(19_456, u32::MAX, 1, Err(CostError::TooDear));
        check(19_456, 2, u32::MAX, Err(CostError::TooDear));
    }

    #[test]
    fn many_passes_over_little_memory_are_as_dear_as_they_are() {
        // R6, R128.
        let bomb = Cost { memory_kib: 1_024, passes: 1_000_000, lanes: 1 };
        assert!(!bomb.fits_under(Cost::HIGH));
        assert!(Cost { memory_kib: 7_168, passes: 5, lanes: 1 }.fits_under(Cost::HIGH));
    }
}
