-- Policy per service and direction, and the replay keys that all nodes share.

-- The detailed policy as the small TOML document that this program writes (docs/policies.md); null: the preset's.
alter table services add column security text check (length(security) between 1 and 65536);

alter table services drop constraint services_forward_check;
alter table services add constraint services_forward_check check (forward in ('stripped', 'unchanged', 're-signed'));

-- What was accepted by any node for services with replay = "shared": SHA-256 of signer and message, in base64. A row
-- may go once the message's own Timestamp would be refused.
create table replay_keys (
    key         text primary key check (length(key) = 44),
    expires     timestamptz not null
);
create index on replay_keys (expires);
