-- Instants are microseconds since 1970, UTC. Digests are 32 bytes of SHA-256.

CREATE TABLE counters (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

-- Numbers below are left to sample data and import.
INSERT INTO counters (name, last) VALUES ('tenants', 1000), ('users', 10000), ('api_keys', 0), ('ready', 0);

CREATE TABLE tenants (
    id BIGINT NOT NULL PRIMARY KEY,
    company_id TEXT COLLATE "C",
    name TEXT NOT NULL,
    licensed BOOLEAN NOT NULL,
    suspended BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT uq_tenants_company_id UNIQUE (company_id)
);

-- Number 0 is the tenant itself and has no row.
CREATE TABLE mailboxes (
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    suspended BOOLEAN NOT NULL,
    CONSTRAINT uq_mailboxes_tenant_id_id PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_mailboxes_id CHECK (id > 0)
);

-- A user is never deleted: its ids and its login are used once.
CREATE TABLE users (
    id BIGINT NOT NULL PRIMARY KEY,
    tenant_id BIGINT NOT NULL REFERENCES tenants (id),
    mailbox_id BIGINT NOT NULL,
    login TEXT NOT NULL,
    login_key TEXT COLLATE "C" NOT NULL,
    portal_id TEXT COLLATE "C" NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT COLLATE "C" NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    level TEXT NOT NULL,
    status TEXT NOT NULL,
    locked BIGINT,
    password_hash TEXT NOT NULL,
    must_change TEXT NOT NULL,
    credential_version BIGINT NOT NULL,
    password_set_at BIGINT NOT NULL,
    password_used BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    last_login BIGINT,
    recovery_question TEXT NOT NULL,
    max_soap_sessions BIGINT,
    CONSTRAINT uq_users_tenant_id_login_key UNIQUE (tenant_id, login_key),
    CONSTRAINT uq_users_tenant_id_portal_id UNIQUE (tenant_id, portal_id)
);
CREATE INDEX ix_users_tenant_id_id ON users (tenant_id, id);
CREATE INDEX ix_users_login_key ON users (login_key);
CREATE INDEX ix_users_portal_id ON users (portal_id);
CREATE INDEX ix_users_email_key ON users (email_key) WHERE email_key <> '';

-- Failed sign-ins in a row, by account and by the digest of a name that led to none.
CREATE TABLE user_failures (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id),
    count BIGINT NOT NULL,
    last BIGINT NOT NULL
);
CREATE TABLE name_failures (
    digest BYTEA NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    last BIGINT NOT NULL
);
CREATE INDEX ix_name_failures_last ON name_failures (last);

CREATE TABLE sessions (
    digest BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    credential_version BIGINT NOT NULL,
    chain BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    absolute BIGINT NOT NULL,
    ended BIGINT
);
CREATE INDEX ix_sessions_user_id ON sessions (user_id, created) WHERE ended IS NULL;
CREATE INDEX ix_sessions_chain ON sessions (chain);
CREATE INDEX ix_sessions_absolute ON sessions (absolute);

CREATE TABLE nonces (
    user_id BIGINT NOT NULL REFERENCES users (id),
    digest BYTEA NOT NULL,
    expires BIGINT NOT NULL,
    CONSTRAINT uq_nonces_user_id_digest PRIMARY KEY (user_id, digest)
);
CREATE INDEX ix_nonces_expires ON nonces (expires);

CREATE TABLE api_keys (
    id BIGINT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    digest BYTEA NOT NULL,
    hint TEXT NOT NULL,
    visibility TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT,
    last_used BIGINT,
    CONSTRAINT uq_api_keys_digest UNIQUE (digest)
);
CREATE INDEX ix_api_keys_user_id_id ON api_keys (user_id, id);

-- The record: a chain for each tenant, number 0 for the system itself. It only grows.
CREATE TABLE audit_heads (
    chain BIGINT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
CREATE TABLE audit_events (
    chain BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    time BIGINT NOT NULL,
    door TEXT NOT NULL,
    operation TEXT NOT NULL,
    credential TEXT NOT NULL,
    actor BIGINT,
    actor_detail TEXT,
    source TEXT,
    request TEXT NOT NULL,
    target BIGINT,
    refused TEXT,
    credential_version BIGINT,
    sessions_ended BIGINT,
    note TEXT NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT uq_audit_events_chain_sequence PRIMARY KEY (chain, sequence)
);
CREATE FUNCTION audit_events_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit records are never changed';
END $$;
CREATE TRIGGER tr_audit_events_update BEFORE UPDATE ON audit_events
FOR EACH ROW EXECUTE FUNCTION audit_events_update();
CREATE FUNCTION audit_events_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit records are never deleted';
END $$;
CREATE TRIGGER tr_audit_events_delete BEFORE DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION audit_events_delete();
CREATE TRIGGER tr_audit_events_truncate BEFORE TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_delete();
