//! An installation with everybody in it, its server in a process of its own, and a way to look behind both.

#![expect(clippy::unwrap_used, reason = "a helper that cannot set up its world fails its test")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use passgate::config::{Config, Overrides};
use passgate::wiring::Installation;
use passgate::{keys, private_file};
use passgate_gate::audit::{self, Actor, AuditEvent, Chain, Operation, StoredEvent};
use passgate_gate::caller::Origin;
use passgate_gate::clock::{Clock as _, SystemClock};
use passgate_gate::ids::{MailboxId, RequestId, TenantId, UserId};
use passgate_gate::operations::{self, CreateUser, Demand};
use passgate_gate::password::{Password, PasswordHash};
use passgate_gate::policy::Profile;
use passgate_gate::rng::OsRng;
use passgate_gate::store::{CallerStamp, Created, NewTenant, NewUser, Outcome, Store, TenantChange, UserChange};
use passgate_gate::user::{Account, Mailbox, MustChange, Status};
use passgate_gate::{Caller, Gate};
use passgate_store::AnyStore;
use tokio::runtime::Runtime;

use crate::doors::{Credential, Door};
use crate::people::{self, NORTH, Person, SOUTH, SUSPENDED_MAILBOX};
use crate::support::{Server, try_send};
use crate::{ecgridos, rest};

const CONFIGURATION: &str = "\
[data]
folder = \".\"

[limits]
per_caller_per_second = 0
burst = 0
failures_per_source = 0

[hashing]
slots = 1
queue = 64

[log]
level = \"off\"
";

/// The form of passwords that every door takes.
pub(crate) const GOOD: &str = "Larch-tree-####";

const FIRST_PASSWORD: &str = "Barrel-77-ride";

pub(crate) struct House {
    data: PathBuf,
    server: Option<Server>,
    gate: Arc<Gate>,
    pub(crate) store: Arc<AnyStore>,
    runtime: Runtime,
    passwords: HashMap<i32, String>,
    keys: HashMap<i32, String>,
    sessions: HashMap<(i32, &'static str), (i64, String)>,
    made_up: u32,
    // Last, so that it outlives what is in it.
    _folder: tempfile::TempDir,
}

impl House {
    pub(crate) fn open() -> Self {
        Self::open_with("")
    }

    /// Under these settings besides.
    pub(crate) fn open_with(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        private_file::make_folder(&data).unwrap();
        let configuration = format!("{CONFIGURATION}{settings}");
        private_file::write(&data.join("passgate.toml"), configuration.as_bytes()).unwrap();
        keys::create(&data, &OsRng).unwrap();
        let config = Config::load(Some(&data.join("passgate.toml")), &Overrides::none()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let installation = Installation::create(&config).unwrap();
        let mut house = Self {
            data,
            server: None,
            gate: installation.gate,
            store: installation.store,
            runtime,
            passwords: HashMap::new(),
            keys: HashMap::new(),
            sessions: HashMap::new(),
            made_up: 0,
            _folder: folder,
        };
        house.furnish();
        // Everything that happens from here on happens beside a server that has the same folder open.
        house.server = Some(Server::serve(&house.data.join("passgate.toml"), free_port()));
        house
    }

    fn furnish(&mut self) {
        for (number, company) in [NORTH, SOUTH] {
            let wanted = NewTenant {
                id: TenantId::new(number),
                company: Some(company.parse().unwrap()),
                name: format!("{company} Limited"),
                licensed: true,
            };
            let tenant =
                self.wait(self.gate.create_tenant(&self.operator(Operation::CreateTenant), wanted)).unwrap().id;
            for id in [1, 2, SUSPENDED_MAILBOX] {
                let suspended = id == SUSPENDED_MAILBOX;
                let mailbox = Mailbox { tenant, id: MailboxId::new(id).unwrap(), name: "Orders".to_owned(), suspended };
                self.wait(self.gate.create_mailbox(&self.operator(Operation::CreateMailbox), mailbox)).unwrap();
            }
        }
        self.found(&people::founder());
        for person in people::everybody() {
            self.hire(&person);
        }
        self.change(&people::gone(), UserChange { status: Some(Status::Terminated), ..UserChange::default() });
    }

    /// Somebody new, through the gate.
    fn found(&mut self, person: &Person) {
        let wanted = CreateUser {
            id: UserId::new(person.number),
            tenant: Some(person.tenant.0),
            mailbox: Some(person.mailbox),
            login: person.login.clone(),
            portal_id: Some(person.portal_id().parse().unwrap()),
            email: String::from("first@people.example"),
            first_name: String::new(),
            last_name: String::new(),
            level: person.level,
            password: Password::from(FIRST_PASSWORD),
            profile: Profile::Pattern,
            demand: Demand::NoChange,
        };
        self.wait(self.gate.create_user(&self.operator(Operation::CreateUser), wanted)).unwrap();
        self.passwords.insert(person.number, FIRST_PASSWORD.to_owned());
    }

    /// Somebody new with the first password, straight into the store: one hash is enough for all of them.
    pub(crate) fn hire(&mut self, person: &Person) {
        let user = NewUser {
            id: UserId::new(person.number),
            tenant: TenantId::new(person.tenant.0).unwrap(),
            mailbox: MailboxId::new(person.mailbox).unwrap(),
            login: person.login.clone(),
            portal_id: Some(person.portal_id().parse().unwrap()),
            email: format!("{}@people.example", person.number),
            first_name: String::new(),
            last_name: String::new(),
            level: person.level,
            status: Status::Active,
            hash: self.account_and_hash(&people::founder()).1,
            must_change: MustChange::No,
        };
        let made =
            self.wait(self.store.create_user(user, CallerStamp::default(), event(TenantId::new(person.tenant.0))));
        assert!(matches!(made.unwrap(), Outcome::Done(Created::User(_))));
        self.passwords.insert(person.number, FIRST_PASSWORD.to_owned());
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// One request on a connection of its own: status and body of the answer.
    pub(crate) fn send(&self, head: &str, body: &str) -> (u16, String) {
        let answer = try_send(&self.server.as_ref().expect("it is running").address, head, body).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    // --- What callers show. ---

    /// A password that nobody has had.
    pub(crate) fn fresh_password(&mut self) -> String {
        self.fresh(GOOD)
    }

    /// A password of this form that nobody has had: `####` stands for four digits.
    pub(crate) fn fresh(&mut self, form: &str) -> String {
        self.made_up += 1;
        form.replace("####", &(1000 + self.made_up).to_string())
    }

    pub(crate) fn password(&self, person: &Person) -> String {
        self.passwords[&person.number].clone()
    }

    pub(crate) fn learn(&mut self, person: &Person, password: &str) {
        self.passwords.insert(person.number, password.to_owned());
    }

    /// A good credential of the kind that the door takes. Of somebody who cannot sign in: one that is good for nothing.
    pub(crate) fn credential(&mut self, door: Door, person: &Person) -> Credential {
        let secret = match door {
            Door::Rest | Door::EcgridosKey | Door::CommandLine => self.key(person),
            Door::RestToken => self.session(person, "token", rest::sign_in),
            Door::Ecgridos => self.session(person, "soap", ecgridos::sign_in),
            Door::Omnitracs => self.password(person),
        };
        Credential { name: person.portal_name(), secret }
    }

    fn key(&mut self, person: &Person) -> String {
        if let Some(key) = self.keys.get(&person.number) {
            return key.clone();
        }
        let target = operations::Target::Number(person.number);
        let made = self.wait(self.gate.generate_api_key(&self.operator(Operation::GenerateApiKey), &target)).unwrap();
        self.keys.insert(person.number, made.expose().to_owned());
        made.expose().to_owned()
    }

    /// A session, kept from call to call as clients do.
    fn session(
        &mut self,
        person: &Person,
        kind: &'static str,
        open: fn(&Self, &str, &str) -> Option<String>,
    ) -> String {
        let version = self.account(person).user.credential_version;
        if let Some((of, session)) = self.sessions.get(&(person.number, kind))
            && *of == version
        {
            return session.clone();
        }
        let opened = open(self, &person.login, &self.password(person)).unwrap_or_else(|| "nothing".to_owned());
        self.sessions.insert((person.number, kind), (version, opened.clone()));
        opened
    }

    /// Ends all sessions of somebody, and lifts lock and throttle.
    pub(crate) fn settle(&mut self, person: &Person) {
        let target = operations::Target::Number(person.number);
        self.wait(self.gate.reset_user(&self.operator(Operation::ResetUser), &target)).unwrap();
        self.sessions.retain(|(number, _), _| *number != person.number);
    }

    // --- Behind the doors. ---

    pub(crate) fn account(&self, person: &Person) -> Account {
        self.account_and_hash(person).0
    }

    pub(crate) fn account_and_hash(&self, person: &Person) -> (Account, PasswordHash) {
        self.wait(self.store.account_and_hash(UserId::new(person.number).unwrap())).unwrap().unwrap()
    }

    pub(crate) fn change(&self, person: &Person, change: UserChange) {
        let account = self.account(person);
        let act =
            self.store.update_user(account.stamp(), CallerStamp::default(), change, event(Some(account.tenant.id)));
        assert!(matches!(self.wait(act).unwrap(), Outcome::Done(_)));
    }

    pub(crate) fn change_tenant(&self, tenant: (i32, &str), change: TenantChange) {
        let id = TenantId::new(tenant.0).unwrap();
        self.wait(self.gate.update_tenant(&self.operator(Operation::UpdateTenant), id, change)).unwrap();
    }

    /// The last record of every chain.
    pub(crate) fn heads(&self) -> HashMap<i32, i64> {
        let chains = self.wait(self.store.chains()).unwrap();
        chains.into_iter().map(|chain| (chain.number(), self.wait(self.store.head(chain)).unwrap().0)).collect()
    }

    /// The records after those.
    pub(crate) fn records_after(&self, heads: &HashMap<i32, i64>) -> Vec<StoredEvent> {
        let chains = self.wait(self.store.chains()).unwrap();
        let after = |chain: Chain| heads.get(&chain.number()).copied().unwrap_or_default();
        chains.into_iter().flat_map(|chain| self.wait(self.store.events(chain, after(chain), 10)).unwrap()).collect()
    }

    fn operator(&self, operation: Operation) -> Caller {
        self.gate.operator(origin(operation), "tests".to_owned())
    }

    pub(crate) fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// A set by the operator, to bring an account into a state.
    pub(crate) fn set_by_operator(&mut self, person: &Person, demand: Demand) {
        let password = self.fresh_password();
        let set = operations::SetPassword {
            target: operations::Target::Number(person.number),
            password: Password::from(password.as_str()),
            profile: Profile::Pattern,
            demand,
            recovery_question: None,
        };
        self.wait(self.gate.set_password(&self.operator(Operation::SetPassword), set)).unwrap();
        self.learn(person, &password);
    }
}

/// A port that was free a moment ago: the system hands out others first before it comes back to one.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn origin(operation: Operation) -> Origin {
    Origin { door: audit::Door::Cli, operation, source: None, request: RequestId::random(&OsRng) }
}

fn event(tenant: Option<TenantId>) -> AuditEvent {
    AuditEvent {
        time: SystemClock.now(),
        tenant,
        door: audit::Door::Cli,
        operation: Operation::UpdateUser,
        actor: Actor::Operator("tests".to_owned()),
        source: None,
        request: "preparing".to_owned(),
        target: None,
        refused: None,
        credential_version: None,
        sessions_ended: None,
        note: String::new(),
    }
}
