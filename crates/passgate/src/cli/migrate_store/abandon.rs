//! `passgate migrate-store --abandon`: back to the SQLite file.

use passgate_store::moving::{self, Source};
use serde_json::json;

use super::refusal::Refusal;
use super::{MigrateStore, VARIABLE};
use crate::cli::desk::plain;
use crate::cli::{Failure, exit};
use crate::config::Config;
use crate::trail::checkpoints;

impl MigrateStore {
    pub(super) async fn give_up(&self, config: &Config, source: &Source, refusal: &Refusal) -> Result<(), Failure> {
        let mut target = if self.target_lost {
            None
        } else {
            let url = self.address().map_err(|error| unknown(&error))?;
            Some(self.target(config, &url).await.map_err(|error| refusal.of(&error))?)
        };
        let mark = moving::abandon(source, target.as_mut()).await.map_err(|error| refusal.of(&error))?;
        let file = refusal.file.display();
        if self.json {
            println!("{}", json!({ "abandoned": true, "was_finished": mark.finished, "to": mark.target }));
            return Ok(());
        }
        println!("given up: {file} is the store again, as it was before the move");
        match (&target, mark.finished) {
            (Some(_), false) => println!("{} is empty again", mark.target),
            (Some(_), true) => println!(
                "{} is closed: no version serves from it. What happened there since the move is not in the file",
                mark.target
            ),
            (None, _) => println!("{} was not asked: never start a server on it again", mark.target),
        }
        if let (true, Some(copy)) = (mark.finished, checkpoints::file(config).filter(|copy| copy.exists())) {
            println!(
                "move {} away if a server ran over PostgreSQL: it tells of records that the file does not have,\n\
                 and `passgate audit verify` would say, rightly, that they are missing",
                plain(&copy).display()
            );
        }
        println!("set [store] engine = \"sqlite\", without url_file, and start one server");
        Ok(())
    }
}

fn unknown(error: &Failure) -> Failure {
    let text = match error.code() {
        exit::USAGE => format!(
            "say which database it was, so that nobody serves from it: --to-url-file FILE or {VARIABLE}; \
             if that database is lost for good, --target-lost"
        ),
        _ => error.to_string(),
    };
    Failure::new(error.code(), text)
}
