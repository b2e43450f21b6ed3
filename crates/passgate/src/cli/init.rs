//! `passgate init`: a new installation. Done once, on the machine itself; there are no default credentials (R46).

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use passgate_gate::audit::Operation;
use passgate_gate::ids::CompanyId;
use passgate_gate::level::Level;
use passgate_gate::operations::{CreateUser, Demand};
use passgate_gate::policy::Profile;
use passgate_gate::rng::OsRng;
use passgate_gate::store::{NewTenant, Store as _};
use passgate_gate::user::Tenant;

use super::desk::{operator_name, origin, seen_from};
use super::secrets::Source;
use super::{Failure, exit};
use crate::config::sections::{Engine, Log};
use crate::config::{Config, Overrides, sample};
use crate::wiring::{Installation, Use, address_in};
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
    /// Where users and the audit trail are kept; `[store]` of the configuration decides without it.
    #[arg(long, value_enum)]
    engine: Option<Kept>,
    /// With --engine postgres: a file of mode 0600 with the address of an empty database,
    /// `postgres://user:password@host/database`.
    #[arg(long, value_name = "FILE", requires = "engine")]
    store_url_file: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
}

/// The engines by their names in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kept {
    /// One file in the data folder.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl Init {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let file = self.data.join("passgate.toml");
        let address = self.address()?;
        prepare(&self.data, self.store_url_file.as_deref())?;
        let store = address.map(|()| self.store_settings()).transpose()?;
        write_configuration(&file, store.as_deref())?;
        // Where the store is may also stand in the environment, or in a file that was there before.
        let config = Config::load(Some(&file), &Overrides::from_variables(std::env::vars()))?;
        self.refuse_other_store(&config, &file)?;
        let data = &config.data.folder;
        prepare(data, None)?;
        let own = Log { level: "warn".to_owned(), ..config.log.clone() };
        crate::telemetry::start(&own).map_err(|reason| Failure::new(exit::CONFIG, reason))?;
        let exists = Installation::exists(&config)?;
        if exists && !keys::folder(data).is_dir() {
            return Err(of_another(data));
        }
        keys::create(data, &OsRng)?;
        let installation =
            if exists { Installation::open(&config, Use::Serve)? } else { Installation::create(&config)? };
        let tenant = self.first_tenant(&installation).await?;
        self.first_administrator(&installation, &tenant).await?;
        println!("\nstart the server:\n  passgate serve --config {}", file.display());
        Ok(())
    }

    /// Whether flags name a store, and if it is a server, whether its address can be read (R116).
    fn address(&self) -> Result<Option<()>, Failure> {
        match (self.engine, &self.store_url_file) {
            (None, _) => Ok(None),
            (Some(Kept::Sqlite), None) => Ok(Some(())),
            (Some(Kept::Postgres), Some(file)) => address_in(file, "--store-url-file").map(|_| Some(())),
            (Some(Kept::Sqlite), Some(_)) => {
                Err(Failure::new(exit::USAGE, "--store-url-file is for --engine postgres; nothing was done"))
            }
            (Some(Kept::Postgres), None) => Err(Failure::new(
                exit::USAGE,
                "say where PostgreSQL is: --store-url-file FILE, a file of mode 0600 with its address",
            )),
        }
    }

    /// What the flags say, as the configuration would.
    fn store_settings(&self) -> Result<Vec<(&'static str, String)>, Failure> {
        let Some(file) = &self.store_url_file else { return Ok(Vec::new()) };
        let path = seen_from(&self.data, file);
        let path = path.to_str().ok_or_else(|| Failure::new(exit::USAGE, "--store-url-file: its path is not UTF-8"))?;
        Ok(vec![("engine", "\"postgres\"".to_owned()), ("url_file", toml::Value::from(path).to_string())])
    }

    /// A configuration that was there before decides; flags must not say anything else.
    fn refuse_other_store(&self, config: &Config, file: &Path) -> Result<(), Failure> {
        let wanted = match self.engine {
            None => return Ok(()),
            Some(Kept::Sqlite) => Engine::Sqlite,
            Some(Kept::Postgres) => Engine::Postgres,
        };
        let configured = config.data.folder.join(&config.store.url_file).canonicalize().ok();
        let named = self.store_url_file.as_ref().and_then(|file| file.canonicalize().ok());
        if wanted == config.store.engine && (named.is_none() || named == configured) {
            return Ok(());
        }
        let text =
            format!("{} has another [store] than the flags say; change it there, or leave them out", file.display());
        Err(Failure::new(exit::CONFIG, text))
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

/// With new keys no password of that store would ever be right.
fn of_another(folder: &Path) -> Failure {
    let text = format!(
        "the store that [store] names holds an installation already, whose keys are not in {}: nothing was changed in it\n\
         name an empty database; a further node of that installation needs no init, but a copy of its keys folder",
        keys::folder(folder).display()
    );
    Failure::new(exit::CONFIG, text)
}

/// Makes a data folder, or says which one cannot be made.
pub(super) fn make_folder(folder: &Path) -> Result<(), Failure> {
    private_file::make_folder(folder)
        .map_err(|error| Failure::new(exit::FAILED, format!("cannot make {}: {error}", folder.display())))
}

/// A folder for an installation: made if it is not there, and closed to others if nothing of ours lies in it yet.
/// One with anything but an installation, or what was put there for one, is somebody else's.
fn prepare(folder: &Path, url_file: Option<&Path>) -> Result<(), Failure> {
    make_folder(folder)?;
    let begun = keys::folder(folder).is_dir();
    if !begun && !is_for_us(folder, url_file)? {
        let text = format!("{} holds other files; name a folder that is empty or does not exist", folder.display());
        return Err(Failure::new(exit::CONFIG, text));
    }
    let Some(what) = private_file::exposure(folder)? else { return Ok(()) };
    // Nobody can have read in it what is not there yet. Where keys are, somebody may have.
    if !begun && private_file::close_to_others(folder).is_ok() && private_file::exposure(folder)?.is_none() {
        println!("{} {what}: it is the server's own now, mode 0700", folder.display());
        return Ok(());
    }
    let text = format!("{0} {what}; it is for the server's own account alone: `chmod 700 {0}`", folder.display());
    Err(Failure::new(exit::CONFIG, text))
}

/// Whether there is nothing, or a configuration, or the address that was named.
fn is_for_us(folder: &Path, url_file: Option<&Path>) -> Result<bool, Failure> {
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let named = url_file.and_then(|file| file.canonicalize().ok());
    let ours = |path: &PathBuf| named.is_some() && path.canonicalize().ok() == named;
    Ok(entries.contains(&folder.join("passgate.toml")) || entries.iter().all(ours))
}

/// Every setting with its default, for the folder that the file lies in. A file that exists stays. The settings
/// of the store take the place of their defaults.
pub(super) fn write_configuration(file: &Path, store: Option<&[(&str, String)]>) -> Result<(), Failure> {
    if file.exists() {
        return Ok(());
    }
    let mut text = sample().replace("\n#folder = \"passgate-data\"\n", "\nfolder = \".\"\n");
    for (key, value) in store.unwrap_or_default() {
        let begin = text.find(&format!("\n#{key} = ")).map(|begin| begin + 1);
        if let Some((begin, end)) = begin.and_then(|begin| Some((begin, begin + text[begin..].find('\n')?))) {
            text.replace_range(begin..end, &format!("{key} = {value}"));
        }
    }
    Ok(private_file::write(file, text.as_bytes())?)
}
