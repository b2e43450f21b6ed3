-- The role and the database of Passgate; run once, on the leader, as the superuser:
--   psql -v password=... -f roles.sql
CREATE ROLE passgate LOGIN PASSWORD :'password';
CREATE DATABASE passgate OWNER passgate ENCODING 'UTF8';
