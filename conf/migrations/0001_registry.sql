-- The registry: who takes part, what they offer, who may call it. Rules that hold for every row are constraints here, so
-- that no program, this one included, can leave something half done.
--
-- Every transaction that changes what a gateway decides on calls raise_generation() once; the nodes hear of it
-- at commit.

-- A name an operator chooses (is_name() in base/ids.hpp).
create domain operator_name as text check (value ~ '^[a-z0-9][a-z0-9._-]{0,62}$');

-- SHA-256 as lower-case hex.
create domain sha256_hex as text check (value ~ '^[0-9a-f]{64}$');

-- One row: the number of the catalogue that gateways should be using.
create table platform (
    singleton   boolean primary key default true check (singleton),
    generation  bigint not null default 1 check (generation > 0),
    founded     timestamptz not null default now()
);
insert into platform default values;

-- The update holds the row until commit: changes are ordered, and a reader that sees generation N sees all of 1 … N.
create function raise_generation() returns bigint language plpgsql as $$
declare
    raised bigint;
begin
    update platform set generation = generation + 1 returning generation into raised;
    perform pg_notify('hutong_catalogue', raised::text);
    return raised;
end
$$;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% rows never change', tg_table_name using errcode = 'restrict_violation';
end
$$;

create table organisations (
    id          operator_name primary key,
    name        text not null check (length(name) between 1 and 200),
    created     timestamptz not null default now()
);

-- A bundle of WSDL and XSD files under its content address (wsdl::content_id).
create table contracts (
    id          sha256_hex primary key,
    main        text not null,
    created     timestamptz not null default now()
);

create table contract_files (
    contract    sha256_hex not null references contracts on delete cascade,
    path        text not null check (path <> ''),
    content     bytea not null,
    primary key (contract, path)
);

-- Checked at commit: the contract and its files arrive in one transaction.
alter table contracts add constraint contracts_main_is_a_file
    foreign key (id, main) references contract_files (contract, path) deferrable initially deferred;

create trigger contracts_are_immutable before update on contracts
    for each row execute function refuse_change();
create trigger contract_files_are_immutable before update on contract_files
    for each row execute function refuse_change();

create table services (
    org             operator_name not null references organisations,
    name            operator_name not null,
    version         integer not null,           -- of the contract that is online
    wsdl_service    text not null default '',   -- local name of the wsdl:service; empty: the only one
    policy          text not null check (policy in ('plain', 'sign')),
    status          text not null default 'online' check (status in ('online', 'offline')),
    journal         text check (journal in ('full', 'evidence', 'metadata', 'none')),    -- null: the node's default
    forward         text not null default 'stripped' check (forward in ('stripped', 'unchanged')),
    validate        boolean not null default true,
    changed         timestamptz not null default now(),
    primary key (org, name)
);

create table service_versions (
    org         operator_name not null,
    name        operator_name not null,
    version     integer not null check (version > 0),
    contract    sha256_hex not null references contracts,
    created     timestamptz not null default now(),
    primary key (org, name, version),
    foreign key (org, name) references services deferrable initially deferred
);

-- What is online is one of the versions.
alter table services add constraint services_version_exists
    foreign key (org, name, version) references service_versions deferrable initially deferred;

create table endpoints (
    org         operator_name not null,
    name        operator_name not null,
    position    integer not null check (position >= 0),
    url         text not null check (url ~ '^https?://[^/?#]' and length(url) <= 2000),
    primary key (org, name, position),
    unique (org, name, url),
    foreign key (org, name) references services on delete cascade
);

create table consumers (
    id          operator_name primary key,
    org         operator_name not null references organisations,
    answer_key  text check (answer_key in ('rsa', 'p256')),     -- null: the kind of key the request used
    created     timestamptz not null default now()
);

-- The primary key is what makes a certificate name one consumer only.
create table consumer_certificates (
    thumbprint  sha256_hex primary key,
    consumer    operator_name not null references consumers,
    der         bytea not null,
    bound       timestamptz not null default now(),
    check (thumbprint = encode(sha256(der), 'hex'))
);
create index on consumer_certificates (consumer);

create table grants (
    consumer    operator_name not null references consumers,
    org         operator_name not null,
    name        operator_name not null,
    operation   text not null default '',       -- empty: every operation
    granted     timestamptz not null default now(),
    primary key (consumer, org, name, operation),
    foreign key (org, name) references services
);
create index on grants (org, name);

-- The nodes of the platform.
create table nodes (
    id          text primary key check (length(id) between 1 and 64),
    url         text not null default '',       -- its public URL
    founder     boolean not null default false,
    joined      timestamptz not null default now(),
    last_seen   timestamptz not null default now()
);
create unique index nodes_one_founder on nodes (founder) where founder;

-- A token lets one further node in, once, until it expires. Only its digest is kept.
create table join_tokens (
    digest      sha256_hex primary key,
    created     timestamptz not null default now(),
    expires     timestamptz not null,
    used        timestamptz
);

-- A node that wants to come in. Its requests (CSRs) are answered with certificate chains of the same names.
create table join_requests (
    node        text primary key check (length(node) between 1 and 64),
    token       sha256_hex not null unique references join_tokens,
    url         text not null default '',
    state       text not null default 'pending' check (state in ('pending', 'admitted', 'refused')),
    reason      text,
    made        timestamptz not null default now(),
    answered    timestamptz,
    check ((state = 'refused') = (reason is not null)),
    check ((state = 'pending') = (answered is null))
);

create table join_keys (
    node        text not null references join_requests on delete cascade,
    key         text not null check (key in ('tls', 'sign-rsa', 'sign-p256', 'encrypt-rsa')),
    csr         text not null check (length(csr) <= 16384),
    chain       text,                           -- PEM, once admitted
    primary key (node, key)
);
