-- Certificates that a node asks for before those it has end (docs/decisions/0037): at most one request for each of its
-- keys, signed by the key it signs with until then. The node with the CA answers; while it cannot, it says why.

create table node_renewals (
    node        text not null references nodes on delete cascade,
    key         text not null check (key in ('tls', 'sign-rsa', 'sign-p256', 'encrypt-rsa', 'sign-sm2', 'encrypt-sm2',
                                             'tsa')),
    csr         text not null check (length(csr) <= 16384),
    renews      text not null default '' check (renews ~ '^[0-9a-f]{0,40}$'),  -- serial of the one it has
    signature   bytea not null check (length(signature) <= 1024),
    signer      bytea not null check (length(signer) <= 8192),                 -- certificate, DER
    made        timestamptz not null default now(),
    state       text not null default 'pending' check (state in ('pending', 'granted', 'refused')),
    reason      text not null default '',        -- why it was refused, or is held back
    chain       text,                            -- PEM, once granted
    answered    timestamptz,
    primary key (node, key),
    check ((state = 'granted') = (chain is not null)),
    check ((state = 'pending') = (answered is null))
);
