//! What `migrate-store` says when it is done.

use std::path::Path;

use passgate_gate::digest::{Digest, hex};
use passgate_store::moving::{Copied, Rows, Target};
use serde_json::{Map, Value, json};

use super::progress::grouped;
use crate::cli::desk::{plain, seen_from};
use crate::config::Config;

/// Rows of all tables, to read.
pub(super) fn total(counts: &[(&'static str, u64)]) -> String {
    grouped(counts.iter().map(|(_, rows)| rows).sum())
}

/// What a move would do.
pub(super) fn dry(counts: &[(&'static str, u64)], chains: usize, target: &Target, as_json: bool) {
    if as_json {
        let tables: Map<_, _> = counts.iter().map(|(table, rows)| ((*table).to_owned(), json!(rows))).collect();
        println!("{}", json!({ "moved": false, "to": target.name(), "tables": tables, "chains": chains }));
        return;
    }
    for (table, rows) in counts {
        println!("{table:<18} {:>12} rows", grouped(*rows));
    }
    println!("{} rows, {chains} audit chains verify, every page and reference is sound", total(counts));
    println!("{} can be reached and takes them", target.name());
    println!("nothing was changed. Stop every server before the move itself");
}

/// A second run of a finished move.
pub(super) fn done_before(file: &Path, to: &str, as_json: bool) {
    if as_json {
        println!("{}", json!({ "moved": true, "to": to, "copied": 0, "before": true }));
    } else {
        println!("{} was moved before, to {to}: nothing was done", file.display());
    }
}

/// A move that came to its end.
pub(super) struct Moved<'m> {
    pub(super) config: &'m Config,
    pub(super) url_file: Option<&'m Path>,
    pub(super) to: &'m str,
    pub(super) copied: Copied,
    pub(super) rows: &'m [Rows],
    pub(super) digest: Digest,
    pub(super) chains: usize,
}

/// Says so, and what comes next.
pub(super) fn moved(m: &Moved<'_>, as_json: bool) {
    let total: u64 = m.rows.iter().map(|rows| rows.count).sum();
    let digest = hex(m.digest.as_bytes());
    if as_json {
        let tables: Map<String, Value> = m.rows.iter().map(|rows| (rows.table.to_owned(), json!(rows.count))).collect();
        println!(
            "{}",
            json!({
                "moved": true, "to": m.to, "rows": total, "copied": m.copied.now, "before": false,
                "tables": tables, "chains": m.chains, "digest": digest,
            })
        );
        return;
    }
    println!("both sides are the same: {} rows, digest {digest}", grouped(total));
    println!("{} audit chains verify in the new store, with the signatures of their checkpoints", m.chains);
    let (file, folder) = (plain(&m.config.database()), plain(&m.config.data.folder));
    let address = match m.url_file {
        Some(path) => format!("url_file = {:?}", seen_from(&folder, path).display().to_string()),
        None => "url_file = \"store-url\"   # write the address into it, mode 0600".to_owned(),
    };
    println!(
        "\nmoved. Set this in {}, on every node, and start the servers:\n\n  [store]\n  engine = \"postgres\"\n  {address}\n",
        folder.join("passgate.toml").display()
    );
    println!(
        "{0} is marked: no version serves from it any more. It still holds every hash:\n\
         keep it apart until the new store has its first backup (pg_dump), then destroy it.\n\
         The keys stay where they are; without them the new store verifies no password.\n\
         To go back, losing what happens in PostgreSQL from now on: the same command with --abandon",
        file.display()
    );
}
