-- Accounts of agencies beside the officers': one account acts for one organisation, and for no other, for ever. The
-- registry administrator keeps the registry and acts for none.

alter table officers add column org operator_name references organisations;
alter table officers drop constraint officers_role_check;
alter table officers add constraint officers_role_check
    check (role in ('system', 'security', 'auditor', 'registrar', 'publisher', 'approver', 'developer'));
alter table officers add constraint officers_of_an_agency
    check ((role in ('publisher', 'approver', 'developer')) = (org is not null));
create index on officers (org) where org is not null;

create function keep_account_org() returns trigger language plpgsql as $$
begin
    if new.org is distinct from old.org then
        raise exception 'the organisation of account % never changes', old.name using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger officers_keep_org before update on officers for each row execute function keep_account_org();

-- Which organisation a proposal touches, so that its approver finds it; null: none, or no single one.
alter table proposals add column org operator_name;
create index on proposals (org, made) where org is not null;

create function keep_proposal_org() returns trigger language plpgsql as $$
begin
    if new.org is distinct from old.org then
        raise exception 'proposal % does not change', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger proposals_keep_org before update on proposals for each row execute function keep_proposal_org();

-- Whose account took a step or asked for a grant: nobody decides on what is his own. Null: nobody who was signed in, or
-- from before this was kept.
alter table service_history add column person operator_name;
alter table grant_requests add column person operator_name;
