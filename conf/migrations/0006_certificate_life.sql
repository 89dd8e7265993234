-- The life of certificates: requests, renewal, several CAs, OCSP answers, CAs of others with their revocation
-- sources, and the history of who did what.

alter table certificates add column ca text not null default 'issuing-1'
    check (ca ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$');                       -- which of our CAs issued it: crls.ca
alter table certificates add column renews text references certificates;    -- the one it takes the place of
alter table certificates add column ends timestamptz;       -- of an overlap: from then on it is revoked as superseded
alter table certificates add column warned smallint check (warned in (60, 30, 7));  -- the last warning, days before
create index on certificates (ca) where status = 'revoked';
create index on certificates (not_after);

-- What somebody wants certified. The request's own signature was checked before it came here.
create table certificate_requests (
    id          bigint generated always as identity primary key,
    csr         text not null check (length(csr) <= 16384),
    key         sha256_hex not null,                        -- of the public key
    key_text    text not null,
    profile     text not null,
    consumer    operator_name references consumers,         -- null: for a machine
    common_name text not null check (length(common_name) between 1 and 64),
    organisation text not null check (length(organisation) between 1 and 200),
    names       text[] not null default '{}',               -- DNS names and addresses
    renews      text references certificates,
    overlap_days integer check (overlap_days between 0 and 3650),
    state       text not null default 'pending' check (state in ('pending', 'issued', 'refused')),
    reason      text,
    serial      text references certificates,
    made        timestamptz not null default now(),
    decided     timestamptz,
    check ((state = 'refused') = (reason is not null)),
    check ((state = 'issued') = (serial is not null)),
    check ((state = 'pending') = (decided is null))
);
-- One key waits once.
create unique index certificate_requests_one_pending on certificate_requests (key) where state = 'pending';

create function keep_decision() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state <> 'pending' or new.csr <> old.csr then
        raise exception 'request % stays as it was decided', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger certificate_requests_keep_decision before update or delete on certificate_requests
    for each row execute function keep_decision();

-- Who did what, in the order it happened. Only ever added to.
create table certificate_history (
    id          bigint generated always as identity primary key,
    at          timestamptz not null default now(),
    actor       text not null check (actor <> ''),
    action      text not null check (action in ('requested', 'approved', 'refused', 'issued', 'renewed', 'revoked',
                                                'ca added', 'ca certified', 'ca retired', 'trusted',
                                                'trust removed')),
    subject     text not null,          -- "certificate SERIAL", "request ID", "ca NAME", "trusted ca THUMBPRINT"
    detail      text not null default ''
);
create index on certificate_history (subject);
create trigger certificate_history_only_grows before update or delete on certificate_history
    for each row execute function refuse_change();
create trigger certificate_history_is_never_emptied before truncate on certificate_history
    for each statement execute function refuse_change();

-- What is said by OCSP about a certificate, signed ahead, so that nodes without a CA can say it too.
create table ocsp_answers (
    serial      text primary key references certificates,
    der         bytea not null,
    next_update timestamptz not null,
    made        timestamptz not null default now()
);
create index on ocsp_answers (next_update);

-- Where the revocations of others' CAs are published, and for how long an old list still counts.
alter table trusted_cas add column not_after timestamptz;
alter table trusted_cas add column warned smallint check (warned in (60, 30, 7));
alter table trusted_cas add column crl_url text check (crl_url ~ '^https?://[^/?#@]+' and length(crl_url) <= 2000);
alter table trusted_cas add column ocsp_url text check (ocsp_url ~ '^https?://[^/?#@]+' and length(ocsp_url) <= 2000);
alter table trusted_cas add column grace_hours integer not null default 0 check (grace_hours between 0 and 720);

-- What was fetched from there and verified. One row per source; `next_try` is also the claim of the node at it.
create table foreign_crls (
    ca          sha256_hex primary key references trusted_cas on delete cascade,
    der         bytea,
    number      bytea,                      -- of the list, big-endian; null: it has none
    this_update timestamptz,
    next_update timestamptz,
    fetched     timestamptz,
    next_try    timestamptz not null default now(),
    trouble     text                        -- why the last try failed; null: it did not
);

-- The answers for those certificates of others that are bound to consumers.
create table foreign_answers (
    certificate sha256_hex primary key references consumer_certificates on delete cascade,
    ca          sha256_hex not null references trusted_cas on delete cascade,
    state       text check (state in ('good', 'revoked', 'unknown')),
    der         bytea,
    this_update timestamptz,
    next_update timestamptz,
    fetched     timestamptz,
    next_try    timestamptz not null default now(),
    trouble     text
);
create index on foreign_answers (ca);
