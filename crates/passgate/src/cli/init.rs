//! `passgate init`: a new installation. Done once, on the machine itself; there are no default credentials (R46).

use std::path::{Path, PathBuf};

use clap::Args;
use passgate_gate::audit::Operation;
use passgate_gate::ids::CompanyId;
use passgate_gate::level::Level;
use passgate_gate::operations::{CreateUser, Demand};
use passgate_gate::policy::Profile;
use passgate_gate::rng::OsRng;
use passgate_gate::store::{NewTenant, Store as _};
use passgate_gate::user::Tenant;

use super::desk::{operator_name, origin};
use super::secrets::Source;
use super::{Failure, exit};
use crate::config::sections::Log;
use crate::config::{Config, Overrides, sample};
use crate::wiring::{Installation, Use};
use crate::{keys, private_file};

/// Make a new installation: data folder, keys, database and the first administrator.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder to make: it will hold the configuration, the keys and the database.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// The login of the first administrator, who has the level Root.
    #[arg(long)]
    login: String,
    /// The name of the first tenant, to which the administrator belongs.
    #[arg(long, default_value = "Operator")]
    tenant: String,
    /// Its company id for the portal service: 1 to 10 of A-Z, 0-9, - and _.
    #[arg(long)]
    company: Option<CompanyId>,
    #[command(flatten)]
    source: Source,
}

impl Init {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let file = self.data.join("passgate.toml");
        refuse_foreign(&self.data)?;
        prepare(&self.data, &file)?;
        // Where the store is may stand in the environment: the file is made only now.
        let config = Config::load(Some(&file), &Overrides::from_variables(std::env::vars()))?;
        let own = Log { level: "warn".to_owned(), ..config.log.clone() };
        crate::telemetry::start(&own).map_err(|reason| Failure::new(exit::CONFIG, reason))?;
        let installation = if Installation::exists(&config)? {
            Installation::open(&config, Use::Serve)?
        } else {
            Installation::create(&config)?
        };
        let tenant = self.first_tenant(&installation).await?;
        self.first_administrator(&installation, &tenant).await?;
        println!("\nstart the server:\n  passgate serve --config {}", file.display());
        Ok(())
    }

    /// The tenant of a run that was cut off is taken up again; one with users is an installation in use.
    async fn first_tenant(&self, installation: &Installation) -> Result<Tenant, Failure> {
        let store = &installation.store;
        let found = store.tenants(None, 2).await.map_err(passgate_gate::Error::from)?;
        if let Some(tenant) = found.first() {
            let users = store.accounts(tenant.id, None, 1).await.map_err(passgate_gate::Error::from)?;
            if found.len() > 1 || !users.is_empty() {
                return Err(already(&self.data));
            }
            return Ok(tenant.clone());
        }
        let operator = installation.gate.operator(origin(Operation::CreateTenant), operator_name());
        let wanted = NewTenant { id: None, company: self.company.clone(), name: self.tenant.clone(), licensed: true };
        Ok(installation.gate.create_tenant(&operator, wanted).await?)
    }

    async fn first_administrator(&self, installation: &Installation, tenant: &Tenant) -> Result<(), Failure> {
        let gate = &installation.gate;
        let chosen = self.source.choose(gate)?;
        let wanted = CreateUser {
            id: None,
            tenant: Some(tenant.id.get()),
            mailbox: Some(0),
            login: self.login.clone(),
            portal_id: None,
            email: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            level: Level::Root,
            password: chosen.password,
            profile: Profile::Pattern,
            demand: Demand::NoChange,
        };
        let operator = gate.operator(origin(Operation::CreateUser), operator_name());
        let account = gate.create_user(&operator, wanted).await?;
        println!("made {} in tenant {} ({})", account.user.login, tenant.id, tenant.name);
        if let Some(password) = &chosen.shown {
            println!("password, shown once: {}", password.as_str());
        }
        Ok(())
    }
}

pub(super) fn already(folder: &Path) -> Failure {
    let text = format!(
        "{0} is an installation already: nothing was done\n`passgate serve --config {0}/passgate.toml` runs it",
        folder.display()
    );
    Failure::new(exit::CONFIG, text)
}

/// A folder with anything but an installation in it is somebody else's.
fn refuse_foreign(folder: &Path) -> Result<(), Failure> {
    if !folder.exists() || keys::folder(folder).is_dir() || std::fs::read_dir(folder)?.next().is_none() {
        return Ok(());
    }
    let text = format!("{} holds other files; name a folder that is empty or does not exist", folder.display());
    Err(Failure::new(exit::CONFIG, text))
}

fn prepare(folder: &Path, file: &Path) -> Result<(), Failure> {
    private_file::make_folder(folder)?;
    if let Some(what) = private_file::exposure(folder)? {
        let text = format!("{0} {what}; it is for the server's own account alone: `chmod 700 {0}`", folder.display());
        return Err(Failure::new(exit::CONFIG, text));
    }
    keys::create(folder, &OsRng)?;
    write_configuration(file)
}

/// Every setting with its default, for the folder that the file lies in. A file that exists stays.
pub(super) fn write_configuration(file: &Path) -> Result<(), Failure> {
    if !file.exists() {
        let here = sample().replace("\n#folder = \"passgate-data\"\n", "\nfolder = \".\"\n");
        private_file::write(file, here.as_bytes())?;
    }
    Ok(())
}
