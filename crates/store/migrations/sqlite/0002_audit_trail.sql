-- Signed places in the chains. A row is never changed; it goes only when retention has passed its place.
CREATE TABLE audit_checkpoints (
    chain INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    time INTEGER NOT NULL,
    signer TEXT NOT NULL,
    signature BLOB NOT NULL,
    CONSTRAINT uq_audit_checkpoints_chain_sequence PRIMARY KEY (chain, sequence)
) STRICT, WITHOUT ROWID;

-- Where the kept part of a chain begins: the checkpoint up to which retention removed it.
CREATE TABLE audit_anchors (
    chain INTEGER NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    time INTEGER NOT NULL,
    signer TEXT NOT NULL,
    signature BLOB NOT NULL
) STRICT;

-- How far each second place has received each chain: the last record, and the last checkpoint.
CREATE TABLE audit_sinks (
    name TEXT NOT NULL,
    chain INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    checkpoint INTEGER NOT NULL,
    CONSTRAINT uq_audit_sinks_name_chain PRIMARY KEY (name, chain)
) STRICT, WITHOUT ROWID;

-- Who does what only one node may do at a time, and until when.
CREATE TABLE audit_leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_audit_checkpoints_update BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'audit checkpoints are never changed');
END;
CREATE TRIGGER tr_audit_checkpoints_delete BEFORE DELETE ON audit_checkpoints
WHEN NOT EXISTS (SELECT 1 FROM audit_anchors a WHERE a.chain = OLD.chain AND a.sequence > OLD.sequence)
BEGIN
    SELECT RAISE(ABORT, 'audit checkpoints are never deleted before their records');
END;

CREATE TRIGGER tr_audit_anchors_insert BEFORE INSERT ON audit_anchors
WHEN NOT EXISTS (
    SELECT 1 FROM audit_events e JOIN audit_checkpoints c ON c.chain = e.chain AND c.sequence = e.sequence
    WHERE e.chain = NEW.chain AND e.sequence = NEW.sequence AND e.hash = NEW.hash AND c.hash = NEW.hash
    AND c.signature = NEW.signature
)
BEGIN
    SELECT RAISE(ABORT, 'an audit chain is shortened up to a checkpoint only');
END;
CREATE TRIGGER tr_audit_anchors_update BEFORE UPDATE ON audit_anchors
WHEN NEW.chain <> OLD.chain OR NEW.sequence <= OLD.sequence OR NOT EXISTS (
    SELECT 1 FROM audit_events e JOIN audit_checkpoints c ON c.chain = e.chain AND c.sequence = e.sequence
    WHERE e.chain = NEW.chain AND e.sequence = NEW.sequence AND e.hash = NEW.hash AND c.hash = NEW.hash
    AND c.signature = NEW.signature
)
BEGIN
    SELECT RAISE(ABORT, 'an audit chain is shortened up to a checkpoint only');
END;
CREATE TRIGGER tr_audit_anchors_delete BEFORE DELETE ON audit_anchors
BEGIN
    SELECT RAISE(ABORT, 'audit anchors are never deleted');
END;

-- Records go only once an anchor stands for them.
DROP TRIGGER tr_audit_events_delete;
CREATE TRIGGER tr_audit_events_delete BEFORE DELETE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM audit_anchors a WHERE a.chain = OLD.chain AND a.sequence >= OLD.sequence)
BEGIN
    SELECT RAISE(ABORT, 'audit records are never deleted');
END;
