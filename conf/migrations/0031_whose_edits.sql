-- Whose each state is, so that an edit which did not say what it builds on can be told whose it replaced
-- (docs/decisions/0038-edits-that-meet.md). '' is nobody known: from before this was kept, or the registry itself.

-- Of a service: every revision, the first one too, with what is said of a new service.
alter table services add column editor text not null default '';
alter table service_revisions add column editor text not null default '';

create or replace function count_service_revision() returns trigger language plpgsql as $$
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
    insert into service_revisions (org, name, revision, what, editor)
        values (new.org, new.name, new.revision, case when changed = '{}' then '{endpoints}' else changed end, new.editor);
    return new;
end
$$;

create function begin_service_revisions() returns trigger language plpgsql as $$
begin
    insert into service_revisions (org, name, revision, what, editor) values (new.org, new.name, new.revision, array_remove(
        array['version', 'wsdl_service', 'endpoints', 'policy', 'forward', case when new.journal is not null then 'journal' end,
              case when not new.validate then 'validate' end], null), new.editor);
    return null;
end
$$;
create trigger services_begin_revisions after insert on services for each row execute function begin_service_revisions();

-- Of a catalogue entry: its versions are revisions by that name, too.
alter table catalogue_entries rename column version to revision;
create table catalogue_revisions (
    service     uddi_key not null references catalogue_entries on delete cascade,
    revision    bigint not null,
    what        text[] not null,
    at          timestamptz not null default now(),
    editor      text not null default '',
    primary key (service, revision)
);
insert into catalogue_revisions (service, revision, what, at)
    select service, revision, string_to_array(changed, ', '), updated from catalogue_entries;
alter table catalogue_entries drop column changed, drop column actor;    -- the journal has who it was

-- Of a UDDI entity: who changed it last, or what is below it, as modified_below has it.
alter table uddi_entities add column editor text not null default '';
