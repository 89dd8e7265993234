-- Issuing CAs that were revoked, for ever: nodes refuse what stands below them, and the root's CRL (crls.ca = 'root')
-- tells everybody else.

create table revoked_authorities (
    ca          text primary key check (ca ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
    serial      text not null unique check (serial ~ '^[0-9a-f]{1,40}$'),
    thumbprint  sha256_hex not null unique,
    reason      text not null,                          -- RFC 5280 section 5.3.1
    revoked_at  timestamptz not null default now()
);
create trigger revoked_authorities_only_grow before update or delete on revoked_authorities
    for each row execute function refuse_change();
create trigger revoked_authorities_are_never_emptied before truncate on revoked_authorities
    for each statement execute function refuse_change();

alter table certificate_history drop constraint certificate_history_action_check;
alter table certificate_history add constraint certificate_history_action_check
    check (action in ('requested', 'approved', 'refused', 'issued', 'renewed', 'revoked', 'ca added', 'ca certified',
                      'ca retired', 'ca revoked', 'root crl taken in', 'trusted', 'trust removed'));
