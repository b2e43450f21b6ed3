//! The contract suite: what every store keeps, whichever engine runs it. An engine is done when all pass.
//!
//! Each behaviour is a function over `&dyn Store`, named as a sentence. [`contract_suite`] makes a test of
//! each, on a fresh store of the engine that calls it. What one engine alone can show (files, locks, kills)
//! stands in that engine's own tests.

pub mod sets;
pub mod world;

/// Makes the tests: the argument opens a fresh store and gives it with whatever must outlive it.
macro_rules! contract_suite {
    ($fresh:expr) => {
        $crate::contract::contract_suite! { $fresh;
            sets: [
                a_set_replaces_hash_version_sessions_and_throttle_at_once,
            ]
        }
    };
    ($fresh:expr; $($area:ident: [$($behaviour:ident),* $(,)?])*) => {
        $(mod $area {
            $(#[tokio::test]
            async fn $behaviour() {
                let (store, _kept) = $fresh;
                $crate::contract::$area::$behaviour(&store).await;
            })*
        })*
    };
}
pub(crate) use contract_suite;
