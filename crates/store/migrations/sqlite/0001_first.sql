-- Instants are microseconds since 1970, UTC. Digests are 32 bytes of SHA-256.

CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers below are left to sample data and import.
INSERT INTO counters (name, last) VALUES ('tenants', 1000), ('users', 10000), ('api_keys', 0), ('ready', 0);

CREATE TABLE tenants (
    id INTEGER NOT NULL PRIMARY KEY,
    company_id TEXT,
    name TEXT NOT NULL,
    licensed INTEGER NOT NULL,
    suspended INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT uq_tenants_company_id UNIQUE (company_id)
) STRICT;

-- Number 0 is the tenant itself and has no row.
CREATE TABLE mailboxes (
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    suspended INTEGER NOT NULL,
    CONSTRAINT uq_mailboxes_tenant_id_id PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_mailboxes_id CHECK (id > 0)
) STRICT, WITHOUT ROWID;

-- A user is never deleted: its ids and its login are used once.
CREATE TABLE users (
    id INTEGER NOT NULL PRIMARY KEY,
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    mailbox_id INTEGER NOT NULL,
    login TEXT NOT NULL,
    login_key TEXT NOT NULL,
    portal_id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    level TEXT NOT NULL,
    status TEXT NOT NULL,
    locked INTEGER,
    password_hash TEXT NOT NULL,
    must_change TEXT NOT NULL,
    credential_version INTEGER NOT NULL,
    password_set_at INTEGER NOT NULL,
    password_used INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    last_login INTEGER,
    recovery_question TEXT NOT NULL,
    max_soap_sessions INTEGER,
    CONSTRAINT uq_users_tenant_id_login_key UNIQUE (tenant_id, login_key),
    CONSTRAINT uq_users_tenant_id_portal_id UNIQUE (tenant_id, portal_id)
) STRICT;
CREATE INDEX ix_users_tenant_id_id ON users (tenant_id, id);
CREATE INDEX ix_users_login_key ON users (login_key);
CREATE INDEX ix_users_portal_id ON users (portal_id);
CREATE INDEX ix_users_email_key ON users (email_key) WHERE email_key <> '';

-- Failed sign-ins in a row, by account and by the digest of a name that led to none.
CREATE TABLE user_failures (
    user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users (id),
    count INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE name_failures (
    digest BLOB NOT NULL PRIMARY KEY,
    count INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_name_failures_last ON name_failures (last);

CREATE TABLE sessions (
    digest BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    credential_version INTEGER NOT NULL,
    chain BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    absolute INTEGER NOT NULL,
    ended INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_sessions_user_id ON sessions (user_id, created) WHERE ended IS NULL;
CREATE INDEX ix_sessions_chain ON sessions (chain);
CREATE INDEX ix_sessions_absolute ON sessions (absolute);

CREATE TABLE nonces (
    user_id INTEGER NOT NULL REFERENCES users (id),
    digest BLOB NOT NULL,
    expires INTEGER NOT NULL,
    CONSTRAINT uq_nonces_user_id_digest PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_nonces_expires ON nonces (expires);

CREATE TABLE api_keys (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    digest BLOB NOT NULL,
    hint TEXT NOT NULL,
    visibility TEXT NOT NULL,
    is_primary INTEGER NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER,
    last_used INTEGER,
    CONSTRAINT uq_api_keys_digest UNIQUE (digest)
) STRICT;
CREATE INDEX ix_api_keys_user_id_id ON api_keys (user_id, id);

-- The record: a chain for each tenant, number 0 for the system itself. It only grows.
CREATE TABLE audit_heads (
    chain INTEGER NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE audit_events (
    chain INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    door TEXT NOT NULL,
    operation TEXT NOT NULL,
    credential TEXT NOT NULL,
    actor INTEGER,
    actor_detail TEXT,
    source TEXT,
    request TEXT NOT NULL,
    target INTEGER,
    refused TEXT,
    credential_version INTEGER,
    sessions_ended INTEGER,
    note TEXT NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT uq_audit_events_chain_sequence PRIMARY KEY (chain, sequence)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER tr_audit_events_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit records are never changed');
END;
CREATE TRIGGER tr_audit_events_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit records are never deleted');
END;
