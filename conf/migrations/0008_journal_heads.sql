-- The signed heads of the nodes' journals, kept away from the journals themselves: rows come, and never change or go.

create table journal_heads (
    node        text not null,
    segment     bigint not null check (segment > 0),
    frames      bigint not null check (frames > 0),
    sequence    bigint not null,
    head        text not null check (length(head) < 1024),      -- what is signed, which says all of the above
    signature   bytea not null check (length(signature) < 2048),
    certificate sha256_hex not null,
    kept        timestamptz not null default now(),
    primary key (node, segment, frames)
);

-- The certificates that signed them, with their issuers.
create table journal_head_certificates (
    thumbprint  sha256_hex primary key,
    chain       bytea[] not null check (cardinality(chain) between 1 and 10)
);

create function keep_journal_heads() returns trigger language plpgsql as $$
begin
    raise exception 'journal heads are kept as they are' using errcode = 'restrict_violation';
end
$$;
create trigger journal_heads_stay before update or delete or truncate on journal_heads
    for each statement execute function keep_journal_heads();
create trigger journal_head_certificates_stay before update or delete or truncate on journal_head_certificates
    for each statement execute function keep_journal_heads();
