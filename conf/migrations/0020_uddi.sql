-- UDDI v3: the views of organisations and services, and what only UDDI knows (docs/decisions/0030-one-model-with-uddi.md).
--
-- An entity's text is kept in the pieces that answers are made of; what finds ask for are rows and columns beside it.

-- The coarsest form in which texts are compared: without case and without diacritics.
create function uddi_fold(text) returns text immutable strict parallel safe language sql as $$
    select lower(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g') collate "und-x-icu")
$$;
-- The two in between.
create function uddi_lower(text) returns text immutable strict parallel safe language sql as $$
    select lower($1 collate "und-x-icu")
$$;
create function uddi_plain(text) returns text immutable strict parallel safe language sql as $$
    select normalize(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g'), NFC)
$$;

-- A uddiKey, folded (UDDI v3.0.2 section 4.4).
create domain uddi_key as text check (value ~ '^uddi:' and value = lower(value) and length(value) <= 255);

-- The order among siblings: each entity gets the next number, and a new one when its parent is saved with it.
create sequence uddi_positions;

create table uddi_entities (
    key             uddi_key primary key,
    kind            text not null check (kind in ('business', 'service', 'binding', 'tmodel')),
    parent          uddi_key references uddi_entities on delete cascade,    -- of a service, of a binding
    position        bigint not null default nextval('uddi_positions'),      -- among its siblings
    owner           operator_name references organisations,                 -- null: the registry itself
    -- Whose view it is. Of an organisation: org. Of a published service, and of its contract: both.
    org             operator_name references organisations,
    service         operator_name,
    -- XML in the namespace urn:uddi-org:api_v3, in the order of an answer; children come before the tail.
    lead            text not null default '',   -- discoveryURLs
    names           text not null default '',
    descriptions    text not null default '',
    middle          text not null default '',   -- contacts; accessPoint and tModelInstanceDetails; overviewDocs
    tail            text not null default '',   -- bags and signatures
    name            text not null default '' collate "C",   -- the first one, which results are sorted by
    signed          boolean not null default false,
    hidden          boolean not null default false,         -- a deleted tModel (section 5.2.11)
    created         timestamptz not null default now(),
    modified        timestamptz not null default now(),
    modified_below  timestamptz not null default now(),     -- including children
    foreign key (org, service) references services,
    check ((kind in ('service', 'binding')) = (parent is not null)),
    check (service is null or org is not null),
    check (not hidden or kind = 'tmodel')
);
create index on uddi_entities (parent, position);
create index on uddi_entities (kind, name, key);
create index on uddi_entities (owner, kind);
create index on uddi_entities (org, service) where org is not null;
create unique index uddi_one_business_of_an_organisation on uddi_entities (org) where kind = 'business' and org is not null;

create table uddi_names (
    entity      uddi_key not null references uddi_entities on delete cascade,
    kind        text not null,
    position    integer not null,
    name        text not null collate "C",
    folded      text collate "C" generated always as (uddi_fold(name)) stored,
    lang        text not null default '' check (lang = lower(lang)),
    primary key (entity, position)
);
create index on uddi_names (kind, name text_pattern_ops);
create index on uddi_names (kind, folded text_pattern_ops);

-- Patterns that begin with % are served by trigrams. The extension is trusted and part of Debian's postgresql-15; a
-- server that refuses it answers such finds by looking at every name.
do $$
begin
    create extension if not exists pg_trgm;
    create index uddi_names_trigrams on uddi_names using gin (folded gin_trgm_ops);
exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
    raise notice 'no pg_trgm here: names are searched without trigrams';
end
$$;

-- keyedReferences of categoryBags and identifierBags. `service` and `business`: what it is found for when bags are
-- combined or only those of children count (combineCategoryBags, serviceSubset, bindingSubset).
create table uddi_references (
    entity      uddi_key not null references uddi_entities on delete cascade,
    kind        text not null,                  -- of the entity
    service     uddi_key,
    business    uddi_key,
    bag         text not null check (bag in ('category', 'identifier')),
    position    integer not null,
    grouped     integer,                        -- the number of its keyedReferenceGroup
    group_key   uddi_key,                       -- that group's tModelKey
    tmodel      uddi_key not null,
    name        text not null default '' collate "C",
    value       text not null collate "C",
    folded      text collate "C" generated always as (uddi_fold(value)) stored,
    primary key (entity, bag, position),
    check ((grouped is null) = (group_key is null))
);
create index on uddi_references (tmodel, value text_pattern_ops);
create index on uddi_references (tmodel, folded text_pattern_ops);

-- The technical fingerprint of bindings.
create table uddi_instances (
    binding     uddi_key not null references uddi_entities on delete cascade,
    position    integer not null,
    service     uddi_key not null,
    business    uddi_key not null,
    tmodel      uddi_key not null,
    primary key (binding, position)
);
create index on uddi_instances (tmodel, service);

create table uddi_discovery_urls (
    entity      uddi_key not null references uddi_entities on delete cascade,
    position    integer not null,
    url         text not null,
    use_type    text not null default '',
    primary key (entity, position)
);
-- A URL may have 4096 characters, more than an index entry holds.
create index on uddi_discovery_urls (md5(url));

-- A service of another business that a business shows as its own (section 3.4).
create table uddi_projections (
    business    uddi_key not null references uddi_entities on delete cascade,
    service     uddi_key not null references uddi_entities on delete cascade,
    position    integer not null,
    primary key (business, service)
);
create index on uddi_projections (service);

-- What a business says of its relation to another; complete once both have said it (section 3.7).
create table uddi_assertions (
    from_key    uddi_key not null references uddi_entities on delete cascade,
    to_key      uddi_key not null references uddi_entities on delete cascade,
    tmodel      uddi_key not null references uddi_entities,
    name        text not null collate "C",
    value       text not null collate "C",
    by_from     boolean not null default false,
    by_to       boolean not null default false,
    signatures  text not null default '',
    primary key (from_key, to_key, tmodel, name, value),
    check (by_from or by_to)
);
create index on uddi_assertions (to_key);

-- The values of checked value sets.
create table uddi_values (
    tmodel      uddi_key not null references uddi_entities on delete cascade,
    value       text not null collate "C",
    name        text not null,
    primary key (tmodel, value)
);

-- Who may publish, for which organisation; and the tokens that get_authToken gives out, kept as digests.
create table publishers (
    name            operator_name primary key,
    org             operator_name not null references organisations,
    password        text check (password ~ '^\$scrypt\$'),
    certificate     sha256_hex unique,              -- of a client certificate: it names one publisher
    not_before      timestamptz,
    not_after       timestamptz,
    failures        integer not null default 0 check (failures >= 0),   -- in a row
    locked_until    timestamptz,
    created         timestamptz not null default now(),
    check ((certificate is null) = (not_before is null)),
    check ((certificate is null) = (not_after is null))
);
create table publisher_tokens (
    digest      sha256_hex primary key,
    publisher   operator_name not null references publishers on delete cascade,
    expires     timestamptz not null
);
create index on publisher_tokens (expires);

-- Tokens by which an organisation lets another take its entities over (section 5.4), kept as digests; one for an entity.
create table uddi_transfers (
    entity      uddi_key primary key references uddi_entities on delete cascade,
    digest      sha256_hex not null,
    owner       operator_name not null references organisations,
    expires     timestamptz not null
);
create index on uddi_transfers (digest);

-- When an entity went away or was hidden, for those who subscribe to it (section 5.5).
create table uddi_departed (
    key         uddi_key primary key,
    gone        timestamptz not null default now()
);
create function uddi_note_departure() returns trigger language plpgsql as $$
begin
    insert into uddi_departed (key) values (old.key) on conflict (key) do update set gone = excluded.gone;
    return null;
end
$$;
create trigger uddi_entities_depart after delete on uddi_entities for each row execute function uddi_note_departure();
create trigger uddi_entities_hide after update of hidden on uddi_entities for each row
    when (new.hidden and not old.hidden) execute function uddi_note_departure();

create table uddi_subscriptions (
    key             uddi_key primary key,
    owner           operator_name not null references organisations,
    filter          text not null,              -- the request, as XML
    binding         uddi_key,                   -- where it is told; null: it is asked for
    interval        text,                       -- xs:duration, as given
    seconds         bigint check (seconds > 0), -- the same
    most_entities   integer check (most_entities > 0),
    brief           boolean not null default false,
    expires         timestamptz not null,
    notified        timestamptz not null default now(),     -- until when the listener knows
    failures        integer not null default 0 check (failures >= 0),
    next_try        timestamptz,                            -- null: nobody is to be told
    check ((binding is null) = (next_try is null)),
    check ((interval is null) = (seconds is null))
);
create index on uddi_subscriptions (owner);
create index on uddi_subscriptions (next_try) where next_try is not null;

-- What a subscription has matched, so that it can be told what it matches no more.
create table uddi_subscription_matches (
    subscription    uddi_key not null references uddi_subscriptions on delete cascade,
    entity          uddi_key not null,
    gone            timestamptz,
    primary key (subscription, entity)
);
