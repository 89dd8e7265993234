-- What a request for a certificate has to show, since who can write to the database can write such a row.

-- Of a node that wants to come in: that it has the token, of which only the digest is here. HMAC-SHA-256 with the token
-- over all that it asks for (registry/store/nodes.hpp); empty: asked by an older program.
alter table join_requests add column proof text not null default '' check (proof ~ '^([0-9a-f]{64})?$');
-- And of what it is answered: that it comes from who gave the token.
alter table join_requests add column answer_proof text not null default '' check (answer_proof ~ '^([0-9a-f]{64})?$');

-- Of a node that asks for its next certificate for TLS: a signature by the key that it renews, too, since that certificate
-- says where a node is reached, and not which node it is.
alter table node_renewals add column possession bytea not null default '' check (length(possession) <= 1024);

-- The public key of each certificate (SHA-256 of its SubjectPublicKeyInfo), by which a key is known again. Null: issued by
-- an older program; the program fills it in from the certificate when it looks for a key.
alter table certificates add column key sha256_hex;
create index certificates_by_key on certificates (key);
create index certificates_without_key on certificates (serial) where key is null;

create function keep_certified_key() returns trigger language plpgsql as $$
begin
    if old.key is not null and new.key is distinct from old.key then
        raise exception 'certificate % stays that of its key', old.serial using errcode = 'restrict_violation';
    end if;
    if old.reason = 'keyCompromise' and new.reason is distinct from old.reason then
        raise exception 'the key of certificate % stays compromised', old.serial using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger certificates_keep_key before update of key, reason on certificates
    for each row execute function keep_certified_key();
