-- From where a key may be used: networks with spaces between them; none stands for everywhere.
ALTER TABLE api_keys ADD COLUMN networks TEXT NOT NULL DEFAULT '';

-- From where a session was opened or last exchanged; of older ones nobody noted it.
ALTER TABLE sessions ADD COLUMN source TEXT;
