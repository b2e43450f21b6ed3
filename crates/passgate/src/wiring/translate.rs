//! The configuration in the words of the parts that it is for.

use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::SignedDuration;
use passgate_gate::policy::{PolicySettings, Profile};
use passgate_gate::settings::{
    AfterAdminSet, KeySettings, LimitSettings, PasswordSettings, SessionSettings, SessionsAfterSet, Settings,
};
use passgate_gate::throttle::Throttle;
use passgate_hashing::{Cost, CostError, Implementation, Pepper, PepperError, PepperId, PepperKey, Settings as Lane};
use zeroize::Zeroizing;

use crate::cli::{Failure, exit};
use crate::config::{Config, sections};
use crate::keys::{Key, Ring};

/// What the gate has to know.
pub(super) fn gate(config: &Config) -> Settings {
    let sessions = &config.sessions;
    let passwords = &config.passwords;
    let limits = &config.limits;
    Settings {
        policy: PolicySettings {
            min_length: usize::try_from(config.policy.min_length).unwrap_or(usize::MAX),
            common_passwords: config.policy.common_passwords,
            strict: config.policy.strict,
        },
        sessions: SessionSettings {
            soap_idle: seconds(sessions.soap_idle_seconds),
            soap_life: hours(sessions.soap_session_max_hours),
            soap_open: sessions.soap_max_open,
            token_life: seconds(sessions.token_seconds),
            token_chain: hours(sessions.token_refresh_hours),
            token_open: sessions.token_max_open,
        },
        sessions_after_set: match passwords.sessions_after_set {
            sections::SessionsAfterSet::End => SessionsAfterSet::End,
            sections::SessionsAfterSet::Keep => SessionsAfterSet::Keep,
        },
        after_admin_set: match passwords.after_admin_set {
            sections::AfterAdminSet::Portal => AfterAdminSet::Portal,
            sections::AfterAdminSet::Never => AfterAdminSet::Never,
            sections::AfterAdminSet::Always => AfterAdminSet::Always,
        },
        passwords: PasswordSettings {
            temporary_life: days(passwords.temporary_password_days),
            max_age: days(passwords.password_max_age_days),
            remember_verified: seconds(passwords.remember_verified_seconds),
        },
        keys: KeySettings { max_age: days(config.api_keys.max_age_days), as_session_id: config.api_keys.as_session_id },
        throttle: Throttle {
            from: config.throttle.failures,
            first: seconds(config.throttle.first_delay_seconds),
            longest: seconds(config.throttle.longest_delay_seconds),
            many: config.throttle.many_failures,
            last: hours(config.throttle.last_delay_hours),
        },
        limits: LimitSettings {
            caller_per_second: limits.per_caller_per_second,
            caller_burst: limits.burst,
            source_failures: limits.failures_per_source,
            source_window: Duration::from_secs(limits.failures_window_seconds.into()),
        },
    }
}

/// What a new password must be at a door whose API documents `contract` (R14).
pub(crate) fn profile(composition: sections::Composition, contract: Profile) -> Profile {
    match composition {
        sections::Composition::Contract => contract,
        sections::Composition::NoComposition => Profile::NoComposition,
    }
}

/// What the hashing lane has to know.
pub(super) fn hashing(settings: &sections::Hashing, pepper: &Ring) -> Result<Lane, Failure> {
    let mut lane = NonZeroUsize::new(settings.slots).map_or_else(Lane::for_this_machine, Lane::with_slots);
    if settings.queue > 0 {
        lane.queue = settings.queue;
    }
    lane.cost = hash_cost(settings).map_err(|error| Failure::new(exit::CONFIG, format!("hashing: {error}")))?;
    lane.implementation = hash_implementation(settings);
    lane.pepper = peppered(pepper).map_err(|error| Failure::new(exit::CONFIG, format!("pepper keys: {error}")))?;
    Ok(lane)
}

/// What one hash costs: the profile, and what overrides it.
pub(crate) fn hash_cost(settings: &sections::Hashing) -> Result<Cost, CostError> {
    let profile = match settings.profile {
        sections::Profile::Default => Cost::FLOOR,
        sections::Profile::High => Cost::HIGH,
    };
    let or = |set: u32, otherwise: u32| if set == 0 { otherwise } else { set };
    let (memory, passes) = (or(settings.memory_kib, profile.memory_kib()), or(settings.passes, profile.passes()));
    Cost::new(memory, passes, profile.lanes())
}

/// Whose Argon2.
pub(crate) fn hash_implementation(settings: &sections::Hashing) -> Implementation {
    match settings.implementation {
        sections::Implementation::Mature => Implementation::Mature,
        sections::Implementation::Fast => Implementation::Fast,
    }
}

fn peppered(ring: &Ring) -> Result<Pepper, PepperError> {
    let (id, key) = pepper_key(&ring.current)?;
    ring.older.iter().try_fold(Pepper::current(id, key), |pepper, older| {
        let (id, key) = pepper_key(older)?;
        pepper.and_older(id, key)
    })
}

fn pepper_key(key: &Key) -> Result<(PepperId, PepperKey), PepperError> {
    Ok((PepperId::new(&key.id.to_string())?, PepperKey::new(Zeroizing::new(key.secret.to_vec()))?))
}

fn seconds(number: u32) -> SignedDuration {
    SignedDuration::from_secs(number.into())
}

fn hours(number: u32) -> SignedDuration {
    SignedDuration::from_hours(number.into())
}

fn days(number: u32) -> SignedDuration {
    SignedDuration::from_hours(i64::from(number) * 24)
}
