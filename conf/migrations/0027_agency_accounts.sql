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

-- Which state of a service somebody has seen, and what was changed since: who says If-Match overwrites nobody.
alter table services add column revision bigint not null default 1;

create table service_revisions (
    org         operator_name not null,
    name        operator_name not null,
    revision    bigint not null,
    what        text[] not null,
    at          timestamptz not null default now(),
    primary key (org, name, revision),
    foreign key (org, name) references services
);

-- The endpoints are rows of their own, and change with the service's or not at all.
create function count_service_revision() returns trigger language plpgsql as $$
declare
    changed text[] := array_remove(array[
        case when new.version is distinct from old.version then 'version' end,
        case when new.wsdl_service is distinct from old.wsdl_service then 'wsdl_service' end,
        case when (new.policy, new.security::text) is distinct from (old.policy, old.security::text) then 'policy' end,
        case when new.journal is distinct from old.journal then 'journal' end,
        case when new.forward is distinct from old.forward then 'forward' end,
        case when new.validate is distinct from old.validate then 'validate' end,
        case when new.status is distinct from old.status then 'status' end,
        case when (new.deprecated, new.ends) is distinct from (old.deprecated, old.ends) then 'ends' end], null);
begin
    new.revision := old.revision + 1;
    insert into service_revisions (org, name, revision, what)
        values (new.org, new.name, new.revision, case when changed = '{}' then '{endpoints}' else changed end);
    return new;
end
$$;
create trigger services_count_revisions before update on services for each row execute function count_service_revision();
