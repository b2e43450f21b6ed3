//! The sections of the configuration file with their settings and defaults.
//!
//! What combinations are refused stands in `validate`.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::settings::section;
use super::store_url::StoreUrl;

/// Where hashes, users and the audit trail are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// One file in the data folder.
    Sqlite,
    /// A PostgreSQL server, which several nodes may share.
    Postgres,
}

impl Engine {
    /// The word in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// How much work a guess costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// 19 MiB, two passes: the floor that OWASP names.
    Default,
    /// 64 MiB, three passes.
    High,
}

/// Whose Argon2 computes the hashes; both give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Implementation {
    /// The widely used one.
    Mature,
    /// A younger and faster one, in programs that were built with it.
    Fast,
}

/// What a set does to the sessions and tokens of its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionsAfterSet {
    /// They end.
    End,
    /// They stay.
    Keep,
}

/// Who asks for a new password after somebody else has set one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AfterAdminSet {
    /// The sign-in portal; the APIs do not.
    Portal,
    /// Nobody.
    Never,
    /// Every door, as forcePwdReset does.
    Always,
}

/// Which rules the new passwords of a door have to meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Composition {
    /// Those that its API documents.
    Contract,
    /// Length and lists alone.
    NoComposition,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For a person at a terminal.
    Text,
}

section! {
    /// Where the server listens and how much it takes from one client.
    pub struct Server as "server" {
        /// Address and port. Anything but a loopback address needs a certificate under [server.tls], or
        /// proxies that end TLS under `trusted_proxies`.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8700));
        /// Take plain HTTP from whoever reaches the address. true says: I know, passwords travel in clear there.
        allow_plain_http: bool = false;
        /// Scheme, host and port by which clients reach the server, for links that it writes itself.
        /// Without it a link names the address that it listens on.
        public_url: Option<String> = None, like "https://passgate.example";
        /// Addresses or networks of proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are
        /// believed. Without TLS here, plain HTTP is taken from them and from this machine alone.
        trusted_proxies: Vec<String> = Vec::<String>::new();
        /// Open connections at most; the next one is answered 503.
        connections: usize = 1024;
        /// Bytes that the headers of one request may take.
        header_bytes: usize = 32 * 1024;
        /// Header fields of one request.
        header_fields: usize = 100;
        /// Bytes of path and query of one request; a longer one is answered 414.
        target_bytes: usize = 8 * 1024;
        /// Seconds in which the headers of a request must arrive.
        header_seconds: u64 = 10;
        /// Seconds in which the body of a request must arrive.
        body_seconds: u64 = 20;
        /// Seconds that a connection may wait for its next request.
        idle_seconds: u64 = 60;
        /// Seconds after a stop signal in which everything is still served while /readyz answers 503, so that
        /// proxies see it before connections are refused: a little more than the time between two of their looks.
        /// 0 = where no proxy looks.
        unready_seconds: u64 = 0;
        /// Seconds after a stop signal until the server ends at the latest, the ones above included; requests
        /// that run then are cut off.
        drain_seconds: u64 = 30;
        [tls]: ServerTls;
    }
}

section! {
    /// TLS that ends in Passgate: 1.2 and 1.3. New files are taken without a restart, at SIGHUP or when they
    /// change; if they are not good, the old certificate stays and the log says why.
    pub struct ServerTls as "server.tls" {
        /// The certificate in PEM, followed by those between it and its root. A relative path starts at the
        /// folder of this file. "" = no TLS.
        certificate: PathBuf = PathBuf::new();
        /// Its private key in PEM without a passphrase: the server's or root's own file, of mode 0600 or 0640.
        key: PathBuf = PathBuf::new();
        /// Seconds in which a client must have shaken hands.
        handshake_seconds: u64 = 10;
        /// Seconds between two looks at whether the files have changed.
        reload_seconds: u64 = 10;
    }
}

impl ServerTls {
    /// Whether there is to be TLS.
    pub fn named(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }
}

section! {
    /// The folder with the keys and, for the embedded store, the database.
    pub struct Data as "data" {
        /// A folder that only the server's own account can read (mode 0700). A relative path starts at the
        /// folder of this file.
        folder: PathBuf = PathBuf::from("passgate-data");
    }
}

section! {
    /// Where users, sessions and the audit trail are kept.
    pub struct Store as "store" {
        /// "sqlite": embedded, one file. "postgres": a PostgreSQL server, which several nodes may share.
        engine: Engine = Engine::Sqlite;
        /// The database file of "sqlite"; a relative path starts at the data folder.
        path: PathBuf = PathBuf::from("passgate.db");
        /// Where PostgreSQL is: `postgres://user:password@host/database`. The way is plain over a Unix socket and
        /// loopback, TLS with a verified certificate to any other host. Rather use `url_file`, or the variable.
        url: StoreUrl = StoreUrl::default();
        /// A file that holds the address and that only the server's own account can read; a relative path starts
        /// at the data folder.
        url_file: PathBuf = PathBuf::new();
        /// Certificates (PEM) of the authorities that may vouch for PostgreSQL. "" = those of the system.
        authorities_file: PathBuf = PathBuf::new();
        /// Connections to PostgreSQL of this node at most.
        connections: usize = 16;
        /// Seconds to wait for a connection.
        connect_seconds: u64 = 5;
        /// Seconds that one transaction may take, its waiting for others included.
        act_seconds: u64 = 10;
        /// Take a PostgreSQL that may lose acknowledged changes in a crash: `synchronous_commit` or `fsync` off.
        lossy_commit: bool = false;
    }
}

section! {
    /// Argon2id, in a fixed budget of memory.
    pub struct Hashing as "hashing" {
        /// "default": 19 MiB, two passes. "high": 64 MiB, three passes. A stored hash of the other profile
        /// is replaced at the next successful sign-in.
        profile: Profile = Profile::Default;
        /// Memory of one hash in KiB, instead of the profile's; `passgate tune` proposes it. 0 = the profile's.
        memory_kib: u32 = 0;
        /// Passes over it, instead of the profile's. 0 = the profile's.
        passes: u32 = 0;
        /// Hashes computed at a time, each with its own memory. 0 = one per core.
        slots: usize = 0;
        /// Hashes that may wait; the next one is answered 503 with Retry-After. 0 = 8 for each slot.
        queue: usize = 0;
        /// "mature": the Argon2 of the Rust Crypto project. "fast": a younger one, two to three times as fast,
        /// unaudited; only in a program that was built with the feature fast-argon2.
        implementation: Implementation = Implementation::Mature;
    }
}

section! {
    /// What a new password must be, beyond what the documented pattern of its API asks for.
    pub struct Policy as "policy" {
        /// Code points at least. 1 leaves the documented patterns alone.
        min_length: u32 = 8;
        /// Refuse common passwords and those equal to the login, the company or the product name.
        common_passwords: bool = true;
        /// A file of passwords that nobody may choose, beside the built-in list: one in each line, folded and
        /// sorted (`passgate breach-list fold`), or sorted SHA-1 as HASH or HASH:COUNT. It is searched on the
        /// disk and read anew at each start. A relative path starts at the data folder. "" = none.
        breach_list: PathBuf = PathBuf::new();
        /// What a new password is made of, at each door. "contract": what its API documents. "no-composition":
        /// anything, of `min_length` to 1,024 bytes; lists and refused characters count as before. Clients that
        /// check passwords by the documented rule before they send them go on doing so.
        ecgrid_rest: Composition = Composition::Contract;
        /// The same for ECGridOS.
        ecgridos: Composition = Composition::Contract;
        /// The same for the Omnitracs services; "no-composition" lifts their limit of 35 characters and lets
        /// spaces in, which other programs of that platform may not take.
        omnitracs: Composition = Composition::Contract;
        /// The same for the command line, whose own rule is that of ECGrid.
        command_line: Composition = Composition::Contract;
        /// Refuse what the contracts do not ask for although clients may send it: unknown JSON names and
        /// SOAP elements, the sample passwords of the vendors' pages, tokens without Nonce and Created.
        strict: bool = false;
    }
}

section! {
    /// What follows a set, and how long a password lives.
    pub struct Passwords as "passwords" {
        /// Sessions and tokens of the target after a set: "end" or "keep".
        sessions_after_set: SessionsAfterSet = SessionsAfterSet::End;
        /// Who asks for a change after somebody else has set a password: "portal", "never" or "always".
        after_admin_set: AfterAdminSet = AfterAdminSet::Portal;
        /// Days after which an unused password with a forced change stops working. 0 = never.
        temporary_password_days: u32 = 14;
        /// Days after which a password must be changed. 0 = never.
        password_max_age_days: u32 = 0;
        /// Seconds for which a verified WS-Security password is remembered in memory, as a keyed digest that
        /// ends with the next set. 0 = verify each call anew.
        remember_verified_seconds: u32 = 60;
        /// Refuse WS-Security tokens without Nonce and Created.
        require_nonce: bool = false;
    }
}

section! {
    /// SOAP sessions and REST tokens.
    pub struct Sessions as "sessions" {
        /// Seconds without a call after which a SOAP session ends.
        soap_idle_seconds: u32 = 3600;
        /// Hours after Login when a SOAP session ends in any case.
        soap_session_max_hours: u32 = 12;
        /// Open SOAP sessions of one user; one more Login is refused.
        soap_max_open: u32 = 5;
        /// Seconds for which a REST token is good.
        token_seconds: u32 = 3600;
        /// Hours after the login until which a token can be refreshed.
        token_refresh_hours: u32 = 12;
        /// Open tokens of one user; one more ends the oldest.
        token_max_open: u32 = 100;
    }
}

section! {
    /// API keys.
    pub struct ApiKeys as "api_keys" {
        /// Keep a copy of each key, sealed with the key of the server, so that calls can read it back.
        recoverable: bool = false;
        /// Days after which a key ends. 0 = never.
        max_age_days: u32 = 365;
        /// Take an API key as SessionID on the ECGridOS door, as its documentation says.
        as_session_id: bool = true;
    }
}

section! {
    /// How failures in a row slow one account down, at all doors together: from some failure on a delay that each
    /// further one doubles, never for ever. It cannot be turned off; the server warns of what is weaker than the
    /// defaults.
    pub struct Throttle as "throttle" {
        /// Failures in a row from which on there is a delay, in which attempts are refused unseen.
        failures: u32 = 5;
        /// Seconds of the first delay; each further failure doubles it.
        first_delay_seconds: u32 = 1;
        /// Seconds beyond which doubling does not go.
        longest_delay_seconds: u32 = 900;
        /// Failures in a row from which on the delay is the last one.
        many_failures: u32 = 100;
        /// Hours of the last delay.
        last_delay_hours: u32 = 24;
    }
}

section! {
    /// How many calls one caller, and how many failures one address, may make, at all servers of a store together.
    /// 0 = no limit.
    pub struct Limits as "limits" {
        /// Calls per second of one caller, in the long run.
        per_caller_per_second: u32 = 50;
        /// Calls that one caller may make at once.
        burst: u32 = 200;
        /// Failed credentials of one source address (IPv6: one /64) within the window.
        failures_per_source: u32 = 200;
        /// The window in seconds.
        failures_window_seconds: u32 = 300;
    }
}

section! {
    /// The audit trail: how often its state is signed, and for how long its records are kept.
    pub struct Audit as "audit" {
        /// Records of one tenant after which a checkpoint is signed: it shows later that none of them was
        /// changed or cut off.
        checkpoint_events: u32 = 1000;
        /// Seconds after which a checkpoint is signed where there is something new.
        checkpoint_seconds: u32 = 60;
        /// The file to which checkpoints are appended besides the database; a relative path starts at the
        /// data folder. Copy it to another machine now and then, or stream. "" = none.
        checkpoint_file: PathBuf = PathBuf::from("audit-checkpoints.jsonl");
        /// Whether to start over a trail that none of the keys here signed. Only for who has lost the key of
        /// checkpoints: with another installation's keys no password is right.
        accept_foreign_signatures: bool = false;
        /// Days for which records are kept; older ones go up to a checkpoint, once every place under
        /// [audit.stream] has received them. 0 = for ever.
        keep_days: u32 = 0;
        [stream]: AuditStream;
    }
}

section! {
    /// Second places to which every record is sent as it happens. Each is sent everything at least once, in
    /// the order of each tenant's records, also when it was away.
    pub struct AuditStream as "audit.stream" {
        /// Files, in JSON Lines. A relative path starts at the data folder.
        files: Vec<PathBuf> = Vec::<PathBuf>::new();
        /// Receivers of RFC 5424 lines: `tls://host:6514`, or on this machine `tcp://127.0.0.1:601`,
        /// `unix:/dev/log`, and `udp://127.0.0.1:514`, which may lose some.
        syslog: Vec<String> = Vec::<String>::new();
        /// Take `tcp://` and `udp://` beyond this machine too. true says: I know, records travel in clear there.
        allow_plain_syslog: bool = false;
        /// Addresses that are sent JSON Lines by POST and answer 2xx once they have kept them, such as
        /// `https://siem.example/audit`; `http://` on this machine alone.
        webhooks: Vec<String> = Vec::<String>::new();
        /// A file, readable by the server alone, with a token that webhooks are sent as `Authorization:
        /// Bearer`. A relative path starts at the data folder. "" = none.
        webhook_token_file: PathBuf = PathBuf::new();
        /// Certificates (PEM) of the authorities that may vouch for `tls://` and `https://` receivers. A relative
        /// path starts at the data folder. "" = those of the system.
        authorities_file: PathBuf = PathBuf::new();
        /// Records sent at once, at most.
        batch: u32 = 500;
    }
}

section! {
    /// For whoever watches the server: metrics and traces. Neither holds a secret or a name.
    pub struct Telemetry as "telemetry" {
        /// Serves /metrics (Prometheus), /livez and /readyz on an address of its own, in plain HTTP and to
        /// whoever reaches it. Without it there are no metrics.
        metrics_listen: Option<SocketAddr> = None, like SocketAddr::from(([127, 0, 0, 1], 8790));
        /// true says: the address above is no loopback address, and I know who reaches it.
        metrics_beyond_loopback: bool = false;
        /// Sends traces to this receiver by OTLP over plain HTTP; /v1/traces is added. Only in a program that
        /// was built with the feature otel.
        otlp_endpoint: Option<String> = None, like "http://127.0.0.1:4318";
    }
}

section! {
    /// What is written to standard error.
    pub struct Log as "log" {
        /// "error", "warn", "info", "debug" or "trace", or a filter such as "info,passgate=debug".
        level: String = "info".to_owned();
        /// "json": one object per line. "text": for a terminal.
        format: LogFormat = LogFormat::Json;
    }
}
