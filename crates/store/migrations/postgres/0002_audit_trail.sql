-- Signed places in the chains. A row is never changed; it goes only when retention has passed its place.
CREATE TABLE audit_checkpoints (
    chain BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    time BIGINT NOT NULL,
    signer TEXT NOT NULL,
    signature BYTEA NOT NULL,
    CONSTRAINT uq_audit_checkpoints_chain_sequence PRIMARY KEY (chain, sequence)
);

-- Where the kept part of a chain begins: the checkpoint up to which retention removed it.
CREATE TABLE audit_anchors (
    chain BIGINT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    time BIGINT NOT NULL,
    signer TEXT NOT NULL,
    signature BYTEA NOT NULL
);

-- How far each second place has received each chain: the last record, and the last checkpoint.
CREATE TABLE audit_sinks (
    name TEXT COLLATE "C" NOT NULL,
    chain BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    checkpoint BIGINT NOT NULL,
    CONSTRAINT uq_audit_sinks_name_chain PRIMARY KEY (name, chain)
);

-- Who does what only one node may do at a time, and until when.
CREATE TABLE audit_leases (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE FUNCTION audit_checkpoints_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit checkpoints are never changed';
END $$;
CREATE TRIGGER tr_audit_checkpoints_update BEFORE UPDATE ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION audit_checkpoints_update();

CREATE FUNCTION audit_checkpoints_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_anchors a WHERE a.chain = OLD.chain AND a.sequence > OLD.sequence) THEN
        RAISE EXCEPTION 'audit checkpoints are never deleted before their records';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER tr_audit_checkpoints_delete BEFORE DELETE ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION audit_checkpoints_delete();

CREATE FUNCTION audit_anchors_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_events e JOIN audit_checkpoints c ON c.chain = e.chain AND c.sequence = e.sequence
        WHERE e.chain = NEW.chain AND e.sequence = NEW.sequence AND e.hash = NEW.hash AND c.hash = NEW.hash
        AND c.signature = NEW.signature
    ) THEN
        RAISE EXCEPTION 'an audit chain is shortened up to a checkpoint only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tr_audit_anchors_insert BEFORE INSERT ON audit_anchors
FOR EACH ROW EXECUTE FUNCTION audit_anchors_insert();

CREATE FUNCTION audit_anchors_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.chain <> OLD.chain OR NEW.sequence <= OLD.sequence OR NOT EXISTS (
        SELECT 1 FROM audit_events e JOIN audit_checkpoints c ON c.chain = e.chain AND c.sequence = e.sequence
        WHERE e.chain = NEW.chain AND e.sequence = NEW.sequence AND e.hash = NEW.hash AND c.hash = NEW.hash
        AND c.signature = NEW.signature
    ) THEN
        RAISE EXCEPTION 'an audit chain is shortened up to a checkpoint only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tr_audit_anchors_update BEFORE UPDATE ON audit_anchors
FOR EACH ROW EXECUTE FUNCTION audit_anchors_update();

CREATE FUNCTION audit_anchors_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit anchors are never deleted';
END $$;
CREATE TRIGGER tr_audit_anchors_delete BEFORE DELETE ON audit_anchors
FOR EACH ROW EXECUTE FUNCTION audit_anchors_delete();
CREATE TRIGGER tr_audit_anchors_truncate BEFORE TRUNCATE ON audit_anchors
FOR EACH STATEMENT EXECUTE FUNCTION audit_anchors_delete();

-- Records go only once an anchor stands for them.
CREATE OR REPLACE FUNCTION audit_events_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        RAISE EXCEPTION 'audit records are never deleted';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM audit_anchors a WHERE a.chain = OLD.chain AND a.sequence >= OLD.sequence) THEN
        RAISE EXCEPTION 'audit records are never deleted';
    END IF;
    RETURN OLD;
END $$;
