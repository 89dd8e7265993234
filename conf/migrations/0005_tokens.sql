-- Callers that prove who they are by password or by SAML assertion.

-- Whether this consumer may vouch for the subjects of SAML assertions that it sends (sender-vouches).
alter table consumers add column vouches boolean not null default false;

-- The password of a consumer's UsernameToken, sealed under a key that the nodes have and the database has not
-- (security/keys/secret_box). A digest of the password would not do: PasswordDigest is made of the password itself.
create table consumer_passwords (
    consumer    operator_name primary key references consumers,
    sealed      bytea not null check (length(sealed) between 36 and 2048),
    changed     timestamptz not null default now()
);

-- The primary key is what makes a name of an issuer mean one consumer only.
create table consumer_saml_names (
    issuer      text not null check (length(issuer) between 1 and 1024),
    name_id     text not null check (length(name_id) between 1 and 1024),
    consumer    operator_name not null references consumers,
    bound       timestamptz not null default now(),
    primary key (issuer, name_id)
);
create index on consumer_saml_names (consumer);
