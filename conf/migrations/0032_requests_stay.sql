-- What is asked for in a request for a certificate stays as it was asked while it waits: two persons may approve it one
-- after the other, and the second must decide on what the first one read. Only its decision is ever added.

create or replace function keep_decision() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state <> 'pending' then
        raise exception 'request % stays as it was decided', old.id using errcode = 'restrict_violation';
    end if;
    if (new.id, new.csr, new.key, new.key_text, new.profile, new.consumer, new.common_name, new.organisation, new.names,
        new.renews, new.overlap_days, new.made) is distinct from
       (old.id, old.csr, old.key, old.key_text, old.profile, old.consumer, old.common_name, old.organisation, old.names,
        old.renews, old.overlap_days, old.made) then
        raise exception 'request % stays as it was made', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
