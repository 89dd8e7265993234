-- The register of certificates this platform issued, the CAs it trusts and their CRLs.

create table certificates (
    serial      text primary key check (serial ~ '^[0-9a-f]{1,40}$'),       -- RFC 5280: at most 20 octets
    thumbprint  sha256_hex not null unique,
    subject     text not null,                                              -- RFC 4514
    profile     text not null,
    consumer    operator_name references consumers,                         -- null: a certificate of the platform
    not_before  timestamptz not null,
    not_after   timestamptz not null,
    status      text not null default 'valid' check (status in ('valid', 'revoked')),   -- expiry is told by not_after
    reason      text,                                                       -- RFC 5280 section 5.3.1
    revoked_at  timestamptz,
    pem         text not null,                                              -- with the issuing CA
    issued_at   timestamptz not null default now(),
    check (not_before < not_after),
    check ((status = 'revoked') = (revoked_at is not null)),
    check ((status = 'revoked') = (reason is not null))
);
create index on certificates (consumer);
create index on certificates (revoked_at) where status = 'revoked';

-- A revocation is for ever: the row may not go back, nor be forgotten.
create function keep_revocation() returns trigger language plpgsql as $$
begin
    if old.status = 'revoked' and (tg_op = 'DELETE' or new.status <> 'revoked') then
        raise exception 'certificate % stays revoked', old.serial using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end
$$;
create trigger certificates_keep_revocation before update or delete on certificates
    for each row execute function keep_revocation();

create table trusted_cas (
    thumbprint  sha256_hex primary key,
    name        text not null check (name <> ''),
    own         boolean not null default false,     -- a CA of this platform
    der         bytea not null,
    added       timestamptz not null default now(),
    check (thumbprint = encode(sha256(der), 'hex'))
);

-- The newest CRL of each CA. Numbers only rise (RFC 5280 section 5.2.3).
create table crls (
    ca          text primary key check (ca ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),     -- {ca} in /pki/crl/{ca}.crl
    number      bigint not null check (number > 0),
    der         bytea not null,
    made        timestamptz not null default now()
);

create function crl_numbers_rise() returns trigger language plpgsql as $$
begin
    if new.number <= old.number then
        raise exception 'CRL % of % would follow number %', new.number, new.ca, old.number
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger crls_numbers_rise before update on crls for each row execute function crl_numbers_rise();
