//! Sample tenants and users: the ids that the vendors' published samples use, and one user of each level in
//! two tenants. Made through the gate like everything else, with new passwords and keys at each start.

use std::collections::BTreeMap;

use passgate_gate::Gate;
use passgate_gate::audit::Operation;
use passgate_gate::error::{Denied, Error};
use passgate_gate::ids::{CompanyId, MailboxId, PortalUserId, TenantId, UserId};
use passgate_gate::level::Level;
use passgate_gate::operations::{CreateUser, Demand, SetPassword, Target, UpdateUser};
use passgate_gate::password::Password;
use passgate_gate::policy::Profile;
use passgate_gate::rng::OsRng;
use passgate_gate::store::{NewTenant, TenantChange};
use passgate_gate::user::{Account, Mailbox, Status};
use zeroize::Zeroizing;

use crate::cli::desk::{operator_name, origin};
use crate::cli::{Failure, exit};

/// Long enough for any policy, short enough to read over the phone.
const PASSWORD_LENGTH: usize = 16;

const COMPANIES: [(i32, &str, &str); 2] = [(1, "MYCOMPANY", "My Company"), (2, "OTHERCO", "Other Company")];

/// Users of the first tenant that the published samples name.
const PUBLISHED: [(i32, &str, &str, Level, i32); 3] = [
    (1042, "jdoe", "JDOE", Level::NetworkUser, 0),
    (5001, "mbrown", "MBROWN", Level::MailboxUser, 1),
    (5002, "jsmith", "JSMITH", Level::NetworkUser, 0),
];

/// One user of the sample data with its credentials.
pub(super) struct Sample {
    pub(super) company: &'static str,
    pub(super) user: i32,
    pub(super) login: String,
    pub(super) portal_id: String,
    pub(super) level: Level,
    pub(super) mailbox: i32,
    pub(super) password: Zeroizing<String>,
}

/// All users, and the key of the administrator of the first tenant.
pub(super) struct Samples {
    pub(super) users: Vec<Sample>,
    pub(super) api_key: Zeroizing<String>,
}

impl Samples {
    /// The administrator whose credentials are shown: a `NetworkAdmin` of the first tenant.
    pub(super) fn admin(&self) -> Option<&Sample> {
        self.users.iter().find(|user| user.level == Level::NetworkAdmin && user.company == COMPANIES[0].1)
    }

    pub(super) fn by_number(&self, number: i32) -> Option<&Sample> {
        self.users.iter().find(|user| user.user == number)
    }
}

/// Makes what is not there yet, and gives everybody a new password.
pub(super) async fn make(gate: &Gate) -> Result<Samples, Failure> {
    let mut users = Vec::new();
    for (number, company, name) in COMPANIES {
        let tenant = tenant(gate, number, company, name).await?;
        let there = known(gate, tenant).await?;
        for (level, at) in Level::ALL.into_iter().zip(1..) {
            let login = format!("{}{number}", short_name(level));
            let mailbox = i32::from(level <= Level::MailboxAdmin);
            let portal_id = login.to_ascii_uppercase();
            let sample =
                Sample { company, user: number * 100 + at, login, portal_id, level, mailbox, password: made_up(gate)? };
            user(gate, tenant, &sample, &there).await?;
            users.push(sample);
        }
        if number == 1 {
            for (id, login, portal_id, level, mailbox) in PUBLISHED {
                let (login, portal_id) = (login.to_owned(), portal_id.to_owned());
                let sample = Sample { company, user: id, login, portal_id, level, mailbox, password: made_up(gate)? };
                user(gate, tenant, &sample, &there).await?;
                users.push(sample);
            }
        }
    }
    let mut samples = Samples { users, api_key: Zeroizing::default() };
    let admin =
        samples.admin().map(|admin| admin.user).ok_or_else(|| Failure::new(exit::FAILED, "no administrator"))?;
    let operator = gate.operator(origin(Operation::GenerateApiKey), operator_name());
    let key = gate.generate_api_key(&operator, &Target::Number(admin)).await?;
    samples.api_key = Zeroizing::new(key.expose().to_owned());
    Ok(samples)
}

async fn tenant(gate: &Gate, number: i32, company: &str, name: &str) -> Result<TenantId, Failure> {
    let id: CompanyId = company.parse().map_err(|error| Failure::new(exit::FAILED, format!("{company}: {error}")))?;
    let reader = gate.operator(origin(Operation::ReadUser), operator_name());
    match gate.find_tenant(&reader, &id).await {
        Ok(tenant) if tenant.licensed && !tenant.suspended => return Ok(tenant.id),
        Ok(tenant) => {
            let editor = gate.operator(origin(Operation::UpdateTenant), operator_name());
            let change = TenantChange { licensed: Some(true), suspended: Some(false) };
            return Ok(gate.update_tenant(&editor, tenant.id, change).await?.id);
        }
        Err(Error::Denied(Denied::TenantNotFound)) => {}
        Err(error) => return Err(error.into()),
    }
    let maker = gate.operator(origin(Operation::CreateTenant), operator_name());
    let wanted = NewTenant { id: TenantId::new(number), company: Some(id), name: name.to_owned(), licensed: true };
    let tenant = gate.create_tenant(&maker, wanted).await?.id;
    if let Some(id) = MailboxId::new(1) {
        let maker = gate.operator(origin(Operation::CreateMailbox), operator_name());
        gate.create_mailbox(&maker, Mailbox { tenant, id, name: "Orders".to_owned(), suspended: false }).await?;
    }
    Ok(tenant)
}

/// Who is there from an earlier start. A list, since a question about each would leave a refusal on record.
async fn known(gate: &Gate, tenant: TenantId) -> Result<BTreeMap<i32, Account>, Failure> {
    let reader = gate.operator(origin(Operation::ReadUser), operator_name());
    let accounts = gate.list_users(&reader, tenant, None, 1000).await?;
    Ok(accounts.into_iter().map(|account| (account.user.id.get(), account)).collect())
}

/// Makes a user who is there from an earlier start as good as new.
async fn renew(gate: &Gate, account: &Account, password: Password) -> Result<(), Failure> {
    let target = Target::Number(account.user.id.get());
    match account.user.status {
        Status::Development | Status::Active | Status::Preproduction => {}
        Status::Suspended => {
            let editor = gate.operator(origin(Operation::UpdateUser), operator_name());
            let status = Some(Status::Active);
            let target = target.clone();
            let change = UpdateUser { target, email: None, first_name: None, last_name: None, status };
            gate.update_user(&editor, change).await?;
        }
        Status::Terminated => {
            let text = format!("user {} was terminated in this folder; name another one", account.user.id);
            return Err(Failure::new(exit::CONFIG, text));
        }
    }
    let resetter = gate.operator(origin(Operation::ResetUser), operator_name());
    gate.reset_user(&resetter, &target).await?;
    let setter = gate.operator(origin(Operation::SetPassword), operator_name());
    let demand = Demand::NoChange;
    let set = SetPassword { target, password, profile: Profile::Pattern, demand, recovery_question: None };
    gate.set_password(&setter, set).await?;
    Ok(())
}

async fn user(gate: &Gate, tenant: TenantId, sample: &Sample, there: &BTreeMap<i32, Account>) -> Result<(), Failure> {
    let password = Password::from(sample.password.as_str());
    if let Some(account) = there.get(&sample.user) {
        return renew(gate, account, password).await;
    }
    let wanted = CreateUser {
        id: UserId::new(sample.user),
        tenant: Some(tenant.get()),
        mailbox: Some(sample.mailbox),
        login: sample.login.clone(),
        portal_id: sample.portal_id.parse::<PortalUserId>().ok(),
        email: format!("{}@{}.example", sample.login, sample.company.to_ascii_lowercase()),
        first_name: String::new(),
        last_name: sample.level.name().to_owned(),
        level: sample.level,
        password,
        profile: Profile::Pattern,
        demand: Demand::NoChange,
    };
    let maker = gate.operator(origin(Operation::CreateUser), operator_name());
    gate.create_user(&maker, wanted).await?;
    Ok(())
}

fn made_up(gate: &Gate) -> Result<Zeroizing<String>, Failure> {
    let password = gate
        .policy()
        .generate(&OsRng, PASSWORD_LENGTH)
        .map_err(|error| Failure::new(exit::FAILED, error.to_string()))?;
    Ok(Zeroizing::new(password.expose().to_owned()))
}

/// With a number after it at most ten letters, so that the login is the portal id too.
fn short_name(level: Level) -> &'static str {
    match level {
        Level::General => "general",
        Level::TPUser => "tpuser",
        Level::MailboxUser => "mbuser",
        Level::MailboxAdmin => "mbadmin",
        Level::NetworkUser => "netuser",
        Level::NetworkAdmin => "netadmin",
        Level::NetOps => "netops",
        Level::TechOps => "techops",
        Level::Root => "root",
    }
}
