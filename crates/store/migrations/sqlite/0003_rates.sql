-- Failed proofs by the source they came from: the instant at which the next one would come if all came evenly.
-- A row whose instant has passed counts for nothing.
CREATE TABLE source_failures (
    source TEXT NOT NULL PRIMARY KEY,
    arrival INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_source_failures_arrival ON source_failures (arrival);

-- Calls that servers have taken to give out, in the same form. Only servers that share a store write here.
CREATE TABLE caller_calls (
    user_id INTEGER NOT NULL PRIMARY KEY,
    arrival INTEGER NOT NULL
) STRICT;
