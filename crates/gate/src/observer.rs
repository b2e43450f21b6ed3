//! Who is told how attempts end, for counting. No metrics here, no names and no addresses: an operator's
//! counters must not grow with what strangers send (R112).

use crate::audit::{Door, Operation};

/// Is told of the outcome of each attempt that the gate decides, once, at once.
///
/// Called on the way of a request: it must not block.
pub trait Observer: Send + Sync {
    /// An attempt ended: done, or refused with the stable word that its record holds.
    fn outcome(&self, door: Door, operation: Operation, refused: Option<&'static str>);
}

/// Nobody is told.
pub(crate) struct Unobserved;

impl Observer for Unobserved {
    fn outcome(&self, _door: Door, _operation: Operation, _refused: Option<&'static str>) {}
}
