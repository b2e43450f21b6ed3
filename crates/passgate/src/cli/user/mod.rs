//! `passgate user`: accounts and their passwords. A user is named by its number (`1042`) or by its ids on the
//! portal service (`JSMITH@MYCOMPANY`).

mod create;
mod list;
mod lock;
mod reset;
mod sessions;
mod set_password;
mod show;
mod status;

use clap::{Args, Subcommand};
use passgate_gate::operations::{Demand, Target};
use passgate_gate::user::Status;

use super::desk::Access;
use super::{Failure, names};

/// Make, show and change users.
#[derive(Debug, Args)]
pub(super) struct Command {
    #[command(flatten)]
    pub(super) access: Access,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a user; the password is asked for, read from standard input, or made up.
    Create(create::Create),
    /// List the users of a tenant.
    List(list::List),
    /// Show one user.
    Show(One),
    /// Set a user's password; it is asked for, read from standard input, or made up.
    SetPassword(set_password::SetPassword),
    /// Lock a user: its sessions end, only API keys go on working.
    Lock(One),
    /// Lift a lock, and the delay after wrong passwords with it.
    Unlock(One),
    /// End a user's sessions and lift lock and delay.
    Reset(One),
    /// List a user's open sessions, or end one or all of them. Lock, delay and API keys stay.
    Sessions(sessions::Sessions),
    /// Suspend a user until it is activated again.
    Suspend(One),
    /// Activate a suspended user.
    Activate(One),
}

/// One user.
#[derive(Debug, Args)]
pub(super) struct One {
    /// Its number, or its portal ids as USERID@COMPANYID.
    #[arg(value_parser = names::user)]
    user: Target,
}

/// Whether the user shall choose another password.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(super) struct Ask {
    /// The user has to choose another password at the next sign-in, whichever door it uses.
    #[arg(long)]
    must_change: bool,
    /// Nobody asks the user for another one. Without either, `passwords.after_admin_set` decides.
    #[arg(long)]
    no_must_change: bool,
}

impl Ask {
    fn demand(self) -> Demand {
        match (self.must_change, self.no_must_change) {
            (true, _) => Demand::Change,
            (false, true) => Demand::NoChange,
            (false, false) => Demand::ByRule,
        }
    }
}

impl Command {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let desk = self.access.desk()?;
        match self.verb {
            Verb::Create(verb) => verb.run(&desk).await,
            Verb::List(verb) => verb.run(&desk).await,
            Verb::Show(one) => show::run(&desk, &one.user).await,
            Verb::SetPassword(verb) => verb.run(&desk).await,
            Verb::Lock(one) => lock::run(&desk, &one.user, true).await,
            Verb::Unlock(one) => lock::run(&desk, &one.user, false).await,
            Verb::Reset(one) => reset::run(&desk, &one.user).await,
            Verb::Sessions(verb) => verb.run(&desk).await,
            Verb::Suspend(one) => status::run(&desk, one.user, Status::Suspended).await,
            Verb::Activate(one) => status::run(&desk, one.user, Status::Active).await,
        }
    }
}
