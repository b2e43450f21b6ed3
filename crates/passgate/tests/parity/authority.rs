//! Every caller and every class of target, at every door. Contract: authorisation 4.1 to 4.3.

use passgate_gate::level::Level;

use crate::case::{Case, Decisions, REST, all};
use crate::doors::{Door, Target};
use crate::house::House;
use crate::people::{NORTH, Person, SOUTH, abroad, caller, elsewhere, gone, guest, peer};

const LOW: Decisions = all("level-too-low");
const ABOVE: Decisions = all("target-above-caller");
const NONE: Decisions = all("user-not-found");
const OK: Decisions = all("ok");

/// What a caller may, in the columns of authorisation 4.1 and 4.2.
struct Row {
    itself: Decisions,
    own_mailbox: Decisions,
    own_mailbox_above: Decisions,
    own_tenant: Decisions,
    own_tenant_above: Decisions,
    other_tenant: Decisions,
    other_tenant_above: Decisions,
    nobody: Decisions,
}

const SYSTEM_WIDE: Row = Row {
    itself: OK,
    own_mailbox: OK,
    own_mailbox_above: ABOVE,
    own_tenant: OK,
    own_tenant_above: ABOVE,
    other_tenant: OK,
    other_tenant_above: ABOVE,
    nobody: NONE,
};

const NETWORK_ADMIN: Row = Row { other_tenant: NONE, other_tenant_above: NONE, ..SYSTEM_WIDE };

const NOT_ADMINISTERING: Row = Row {
    itself: LOW,
    own_mailbox: LOW,
    own_mailbox_above: LOW,
    own_tenant: LOW,
    own_tenant_above: LOW,
    other_tenant: LOW,
    other_tenant_above: LOW,
    nobody: LOW,
};

/// REST asks for `NetworkAdmin` or higher, and the portal service for its role Admin. Contract: authorisation 3.4 #1.
fn mailbox_admin() -> Row {
    let only_here = |decisions: Decisions| {
        decisions.but(REST, Some("level-too-low")).but(&[Door::Omnitracs], Some("level-too-low"))
    };
    Row {
        itself: only_here(OK),
        own_mailbox: only_here(OK),
        own_mailbox_above: only_here(ABOVE),
        own_tenant: only_here(NONE),
        own_tenant_above: only_here(NONE),
        other_tenant: only_here(NONE),
        other_tenant_above: only_here(NONE),
        nobody: only_here(NONE),
    }
}

/// The portal service tells a company that is out of reach, whoever is asked for in it.
fn company_first(decisions: Decisions, caller: Level) -> Decisions {
    if caller == Level::NetworkAdmin { decisions.but(&[Door::Omnitracs], Some("tenant-not-found")) } else { decisions }
}

#[track_caller]
fn check(level: Level, row: &Row) {
    let house = &mut House::open();
    let on = |target: Person, decisions: Decisions| Case::of(caller(level), Target::Person(target), decisions);
    on(caller(level), row.itself).check(house);
    on(peer(level), row.own_mailbox).check(house);
    on(elsewhere(Level::General), row.own_tenant).check(house);
    on(abroad(Level::General), company_first(row.other_tenant, level)).check(house);
    on(gone(), row.nobody).check(house);
    Case::of(caller(level), Target::Nobody, row.nobody).check(house);
    for above in Level::ALL.into_iter().filter(|above| *above > level) {
        on(elsewhere(above), row.own_tenant_above).check(house);
        on(abroad(above), company_first(row.other_tenant_above, level)).check(house);
        if peer(above).mailbox == caller(level).mailbox {
            on(peer(above), row.own_mailbox_above).check(house);
        }
    }
    for below in Level::ALL.into_iter().filter(|below| *below < level) {
        // Each lower level once, where nothing has to be hashed for it.
        if !matches!(row.own_mailbox.at(Door::CommandLine), Some("ok")) {
            on(peer(below), row.own_mailbox).check(house);
        }
    }
    if level < Level::NetworkUser {
        on(guest(), row.own_mailbox_above).check(house);
    }
    check_companies(house, level, row);
}

/// The columns that only authorisation 4.3 has.
fn check_companies(house: &mut House, level: Level, row: &Row) {
    let low = row.itself.at(Door::Omnitracs) == Some("level-too-low");
    let portal = |company, user, word| {
        let command_line =
            if row.itself.at(Door::CommandLine) == Some("level-too-low") { "level-too-low" } else { word };
        let decisions = all("ok")
            .but(&[Door::Rest, Door::RestToken, Door::Ecgridos, Door::EcgridosKey], None)
            .but(&[Door::Omnitracs], Some(if low { "level-too-low" } else { word }))
            .but(&[Door::CommandLine], Some(command_line));
        Case::of(caller(level), Target::Portal(company, user), decisions)
    };
    portal(NORTH.1, "NOBODY", "user-not-found").check(house);
    portal("NOWHERE", "NOBODY", "tenant-not-found").check(house);
    let abroad = if level.is_system_wide() { "user-not-found" } else { "tenant-not-found" };
    portal(SOUTH.1, "NOBODY", abroad).check(house);
}

// One test per caller, so that they run side by side.

#[test]
fn root_sets_the_password_of_everybody() {
    check(Level::Root, &SYSTEM_WIDE);
}

#[test]
fn tech_ops_set_the_password_of_everybody_at_most_their_rank() {
    check(Level::TechOps, &SYSTEM_WIDE);
}

#[test]
fn net_ops_set_the_password_of_everybody_at_most_their_rank() {
    check(Level::NetOps, &SYSTEM_WIDE);
}

#[test]
fn a_network_admin_sets_passwords_in_its_own_tenant() {
    check(Level::NetworkAdmin, &NETWORK_ADMIN);
}

#[test]
fn a_mailbox_admin_sets_passwords_in_its_mailbox_where_the_door_lets_it() {
    check(Level::MailboxAdmin, &mailbox_admin());
}

#[test]
fn nobody_else_sets_a_password_not_even_its_own() {
    check(Level::NetworkUser, &NOT_ADMINISTERING);
    check(Level::MailboxUser, &NOT_ADMINISTERING);
    check(Level::TPUser, &NOT_ADMINISTERING);
    check(Level::General, &NOT_ADMINISTERING);
}
