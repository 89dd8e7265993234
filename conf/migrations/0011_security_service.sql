-- Keys that applications use through the security service, and services that this program answers itself.

-- Where a service is answered: at an agency's address, or by this program (gateway/pipeline/local_service.hpp).
alter table endpoints drop constraint endpoints_url_check;
alter table endpoints add constraint endpoints_url_check
    check (url ~ '^(https?://[^/?#]|internal:[a-z0-9-]+$)' and length(url) <= 2000);

-- The private key lies with its provider, at `uri`; the database has only what may be seen.
create table service_keys (
    name        operator_name primary key,
    org         operator_name not null references organisations,    -- whose key it is, as its certificate says
    uri         text not null check (length(uri) between 1 and 2000),
    kind        text not null check (length(kind) between 1 and 20),
    purpose     text not null check (purpose in ('sign', 'decrypt')),
    chain       text not null check (length(chain) <= 65536),       -- PEM, its own certificate first
    public_key  sha256_hex not null unique,                         -- of the SubjectPublicKeyInfo
    made        timestamptz not null default now()
);
create trigger service_keys_are_immutable before update on service_keys
    for each row execute function refuse_change();

-- Whose consumers may use it.
create table service_key_grants (
    key         operator_name not null references service_keys,
    org         operator_name not null references organisations,
    granted     timestamptz not null default now(),
    primary key (key, org)
);
