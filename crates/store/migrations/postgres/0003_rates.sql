-- Failed proofs by the source they came from: the instant at which the next one would come if all came evenly.
-- A row whose instant has passed counts for nothing.
CREATE TABLE source_failures (
    source TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    arrival BIGINT NOT NULL
);
CREATE INDEX ix_source_failures_arrival ON source_failures (arrival);

-- Calls that servers have taken to give out, in the same form. Unlogged, since each is worth a moment only: after a
-- crash or a failover it is empty, and each caller has a full burst again. It refers to no user, since that would
-- write to the user's row.
CREATE UNLOGGED TABLE caller_calls (
    user_id BIGINT NOT NULL PRIMARY KEY,
    arrival BIGINT NOT NULL
);
