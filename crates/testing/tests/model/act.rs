//! What may happen. Sessions and keys are named by any number, taken modulo how many there are, so that a
//! sequence still means something when acts are left out of it.

use passgate_gate::operations::Demand;
use proptest::prelude::*;

/// Those to whom it happens.
pub(crate) const USERS: usize = 2;
/// The passwords that are set; one more is never anybody's.
pub(crate) const PASSWORDS: [&str; 5] =
    [passgate_testing::PASSWORD, "Larch-tree-42", "Maple-leaf-17", "Birch-bark-93", "Never-set-58"];
/// One that the policy refuses.
pub(crate) const REFUSED: &str = "short";

#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// `user` of [`USERS`] is nobody.
    SignIn {
        user: usize,
        password: usize,
        soap: bool,
    },
    /// Wrong ones in a row, at this pace.
    Guess {
        user: usize,
        times: usize,
        seconds: i64,
    },
    Set {
        user: usize,
        password: usize,
        demand: Demand,
        by_key: bool,
    },
    SetRefused {
        user: usize,
    },
    Change {
        session: usize,
        current: usize,
        new: usize,
    },
    Use {
        session: usize,
    },
    Refresh {
        session: usize,
    },
    SignOut {
        session: usize,
    },
    Lock {
        user: usize,
        locked: bool,
    },
    Suspend {
        user: usize,
        suspended: bool,
    },
    Reset {
        user: usize,
    },
    GenerateKey {
        user: usize,
    },
    RevokeKey {
        key: usize,
    },
    UseKey {
        key: usize,
    },
    Later {
        seconds: i64,
    },
}

/// Weighted so that most attempts succeed, and enough of them fail in a row to be slowed down.
pub(crate) fn any() -> impl Strategy<Value = Act> {
    let user = 0..USERS;
    let password = 0..PASSWORDS.len() - 1;
    let guess = prop_oneof![2 => 0..2_usize, 1 => 0..PASSWORDS.len()];
    let demand = prop_oneof![Just(Demand::ByRule), Just(Demand::Change), Just(Demand::NoChange)];
    let which = 0..1_000_usize;
    prop_oneof![
        8 => (prop_oneof![9 => 0..USERS, 1 => Just(USERS)], guess.clone(), any_soap())
            .prop_map(|(user, password, soap)| Act::SignIn { user, password, soap }),
        2 => (0..=USERS, 2..9_usize, 0..5_i64)
            .prop_map(|(user, times, seconds)| Act::Guess { user, times, seconds }),
        3 => (user.clone(), prop_oneof![3 => 0..2_usize, 1 => password.clone()], demand, proptest::bool::ANY)
            .prop_map(|(user, password, demand, by_key)| Act::Set { user, password, demand, by_key }),
        1 => user.clone().prop_map(|user| Act::SetRefused { user }),
        3 => (which.clone(), guess, password).prop_map(|(session, current, new)| Act::Change { session, current, new }),
        4 => which.clone().prop_map(|session| Act::Use { session }),
        4 => which.clone().prop_map(|session| Act::Refresh { session }),
        1 => which.clone().prop_map(|session| Act::SignOut { session }),
        2 => (user.clone(), proptest::bool::weighted(0.4)).prop_map(|(user, locked)| Act::Lock { user, locked }),
        2 => (user.clone(), proptest::bool::weighted(0.4))
            .prop_map(|(user, suspended)| Act::Suspend { user, suspended }),
        1 => user.clone().prop_map(|user| Act::Reset { user }),
        2 => user.prop_map(|user| Act::GenerateKey { user }),
        1 => which.clone().prop_map(|key| Act::RevokeKey { key }),
        3 => which.prop_map(|key| Act::UseKey { key }),
        5 => prop_oneof![
            4 => proptest::sample::select(vec![1, 2, 4, 8, 30]),
            3 => proptest::sample::select(vec![60, 900, 1_860, 3_599, 3_600]),
            1 => proptest::sample::select(vec![12 * 3_600, 15 * 86_400]),
        ].prop_map(|seconds| Act::Later { seconds }),
    ]
}

fn any_soap() -> impl Strategy<Value = bool> {
    proptest::bool::weighted(0.4)
}
