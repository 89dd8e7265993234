-- That nobody can know of revocations of a foreign CA's certificates is an officer's decision, with its reason.
-- Rows from before have none: they count as they did, and are warned of.

alter table trusted_cas add column no_revocation text check (length(no_revocation) between 1 and 500);
alter table trusted_cas add check (no_revocation is null or (not own and crl_url is null and ocsp_url is null));
