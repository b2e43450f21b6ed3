//! PostgreSQL: the server, the way to it, and whether it keeps what it acknowledges. R117, R119.
//!
//! A server that a start would refuse is described all the same, so that everything can be mended at once.

use passgate_store::{Inspection, Replication, Role, Way};

use super::Finding;
use crate::config::Config;
use crate::wiring::inspect;

/// From which difference on the clocks of two machines are worth a look, and from which on times are wrong.
const SKEW_MILLIS: (i128, i128) = (1_000, 5_000);

/// What there is to say of it, and whether the store can be opened without changing it.
pub(super) async fn examine(config: &Config) -> (Vec<Finding>, bool) {
    let about = match inspect(config).await {
        Ok(about) => about,
        Err(failure) => return (vec![Finding::of("store", &failure)], false),
    };
    let store = Finding::ok("store", format!("PostgreSQL {}, texts in {}", about.version, about.encoding));
    let (schema, sound) = schema(&about);
    let findings = vec![
        store,
        way(&about.way),
        schema,
        pages(&about),
        durability(&about, config.store.lossy_commit),
        replication(&about.replication),
        connections(about.room, config.store.connections),
        rights(&about.role),
        skew(&about),
    ];
    (findings, sound)
}

fn way(way: &Way) -> Finding {
    match way {
        Way::Socket => Finding::ok("way", "a socket of this machine"),
        Way::Sealed(version) => Finding::ok("way", format!("{version}, the server proved who it is")),
        Way::Plain(address) if address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()) => {
            Finding::ok("way", "plain, within this machine")
        }
        Way::Plain(address) => Finding::warn(
            "way",
            format!("plain to {address}: hashes travel in clear"),
            "leave sslmode=disable out of the address; store.authorities_file names who vouches for the server",
        ),
    }
}

fn schema(about: &Inspection) -> (Finding, bool) {
    let known = about.known;
    match about.schema {
        None => {
            let todo = "`passgate init` makes a new installation in it";
            (Finding::fail("schema", "the database holds no store", todo), false)
        }
        Some(schema) if schema == known => (Finding::ok("schema", format!("{schema}, the one this program has")), true),
        Some(schema) if schema < known => {
            let todo = "back up first (`pg_dump`); the next start of this version brings it up to date";
            (Finding::warn("schema", format!("{schema}, this program has {known}"), todo), false)
        }
        Some(schema) => {
            let todo = "start the newer program, or restore a backup from before the upgrade";
            (Finding::fail("schema", format!("{schema}, this program has {known}"), todo), false)
        }
    }
}

fn pages(about: &Inspection) -> Finding {
    if about.checksums {
        return Finding::ok("integrity", "pages carry checksums");
    }
    let todo = "with the server stopped: `pg_checksums --enable`; where others run it, ask them";
    Finding::warn("integrity", "pages carry no checksums: what a disk alters is not noticed", todo)
}

fn durability(about: &Inspection, lossy: bool) -> Finding {
    let commit = &about.synchronous_commit;
    let mut lost = Vec::new();
    if matches!(commit.as_str(), "off" | "local") {
        lost.push(format!("synchronous_commit = {commit}"));
    }
    for (on, name) in [(about.fsync, "fsync"), (about.full_page_writes, "full_page_writes")] {
        if !on {
            lost.push(format!("{name} = off"));
        }
    }
    if lost.is_empty() {
        let text = format!("synchronous_commit = {commit}, fsync and full_page_writes on");
        return Finding::ok("durability", text);
    }
    let text = format!("{}: a crash may lose acknowledged changes", lost.join(", "));
    let todo = format!(
        "set them in postgresql.conf and reload; `ALTER ROLE {} RESET synchronous_commit` if it stands there",
        about.role.name
    );
    if lossy {
        Finding::warn("durability", text + "; store.lossy_commit takes it", todo)
    } else {
        Finding::fail("durability", text, todo)
    }
}

/// For information: one server is a choice too.
fn replication(about: &Replication) -> Finding {
    if about.follows {
        let todo = "name the leader in the address, or all servers, of which the one that takes writes is used";
        return Finding::fail("replication", "this server follows another and takes no writes", todo);
    }
    let Replication { waits_for, standbys, synchronous, .. } = about;
    let text = if waits_for.is_empty() {
        format!("{standbys} servers follow, no commit waits for them: what this disk loses is lost")
    } else {
        format!("{standbys} servers follow, {synchronous} as far as can be seen synchronously; waits for {waits_for:?}")
    };
    Finding::ok("replication", text)
}

fn connections(room: i64, each: usize) -> Finding {
    let each = i64::try_from(each).unwrap_or(i64::MAX).max(1);
    let nodes = room / each;
    let text = format!("{room} for all servers together, {each} for each: enough for {nodes}");
    let todo = "fewer store.connections, or more max_connections (or of the limit on role or database)";
    match nodes {
        i64::MIN..=0 => Finding::fail("connections", text, todo),
        1 => Finding::warn("connections", text, format!("before there are two servers: {todo}")),
        _ => Finding::ok("connections", text),
    }
}

fn rights(role: &Role) -> Finding {
    let name = &role.name;
    if !role.writes {
        let todo = format!("`ALTER TABLE .. OWNER TO {name}`, or sign in as the role that made the store");
        return Finding::fail("rights", format!("{name} may not read and write every table of the store"), todo);
    }
    if role.superuser {
        let todo = "sign in as a role of its own that owns this database alone";
        return Finding::warn("rights", format!("{name} is a superuser: it may do anything on the whole server"), todo);
    }
    if !role.migrates {
        let todo = format!("before the next version: `GRANT CREATE ON SCHEMA .. TO {name}`");
        return Finding::warn("rights", format!("{name} may not change the schema"), todo);
    }
    Finding::ok("rights", format!("{name} may do what the store needs, and is no superuser"))
}

/// Several nodes and the database tell times to each other.
fn skew(about: &Inspection) -> Finding {
    let millis = about.ahead.as_millis();
    let (apart, direction) = (millis.abs(), if millis < 0 { "behind" } else { "ahead of" });
    if apart < SKEW_MILLIS.0 {
        return Finding::ok("skew", "the clocks of server and database agree");
    }
    let text = format!("the clock of the database is {apart} ms {direction} this one");
    let todo = "set both, and keep them set (chrony, systemd-timesyncd)";
    if apart < SKEW_MILLIS.1 { Finding::warn("skew", text, todo) } else { Finding::fail("skew", text, todo) }
}
