-- Whose edit a whole replaces (docs/decisions/0038-edits-that-meet.md): uddi_entities.editor is who saved the entity itself
-- last, and what is below has rows of its own that say it. What was taken from there has none any more, so it is noted.

create table uddi_removals (
    entity      uddi_key not null references uddi_entities on delete cascade,   -- from below which something was taken
    editor      text not null check (editor <> ''),
    at          timestamptz not null default now(),                             -- last
    primary key (entity, editor)
);

-- States from before editors were kept (0031) had '' as theirs, nobody known, and so were replaced without a word. They are
-- somebody's: of services the history says whose, where a step made them; of the rest nobody can say it here, but that it was
-- somebody, '(not known)', which is no name of an account. Who set a catalogue entry last has not outlived 0031; the journal
-- has it.

create function editor_of_step(person text, actor text) returns text language sql immutable as $$
    select coalesce(person, case
        when actor ~ '^(officer|account) [^ ]+ \(' then split_part(actor, ' ', 2)
        when actor like '%, pid %' then regexp_replace(split_part(actor, ', pid ', 1), '^nobody signed in, ', '') end)
$$;

with steps as (
    select distinct on (org, name, at) org, name, at, editor_of_step(person, actor) as editor
    from service_history order by org, name, at, id desc)
update service_revisions r
set editor = coalesce(nullif(s.editor, ''), '(not known)')
from service_revisions o left join steps s using (org, name, at)
where (o.org, o.name, o.revision) = (r.org, r.name, r.revision) and r.editor = '' and r.at < (select applied from schema_migrations where number = 31);

-- The state that counting began with had no row.
insert into service_revisions (org, name, revision, what, at, editor)
select s.org, s.name, 1, '{version,wsdl_service,endpoints,policy,forward}', coalesce(h.at, s.changed),
    coalesce(nullif(h.editor, ''), '(not known)')
from services s left join lateral (
    select at, editor_of_step(person, actor) as editor
    from service_history where (org, name) = (s.org, s.name) and at < coalesce(
        (select min(at) from service_revisions r where (r.org, r.name) = (s.org, s.name)), 'infinity')
    order by id desc limit 1) h on true
where not exists (select 1 from service_revisions r where (r.org, r.name, r.revision) = (s.org, s.name, 1));

-- Of an entry 0031 kept what the last change was about; what is said beside that was said before.
insert into catalogue_revisions (service, revision, what, at, editor)
select l.service, l.revision - 1, p.parts, l.at, '(not known)'
from (select distinct on (service) * from catalogue_revisions order by service, revision) l
join catalogue_entries e on e.service = l.service
cross join lateral (
    select array_agg(f.key order by f.key) as parts from jsonb_each_text(to_jsonb(e)) f
    where f.key in ('title', 'abstract', 'provider', 'contact', 'theme', 'theme_name', 'region', 'identifier', 'keywords',
                    'published', 'begins', 'ends', 'online', 'maintainer')
          and f.value <> '' and f.key <> all (l.what)) p
where l.editor = '' and l.revision > 1 and l.at < (select applied from schema_migrations where number = 31)
      and p.parts is not null;
update catalogue_revisions set editor = '(not known)'
where editor = '' and at < (select applied from schema_migrations where number = 31);

-- What publishers saved; not the gateway's services, nor organisations as they were made.
update uddi_entities set editor = '(not known)'
where editor = '' and owner is not null and service is null and (org is null or modified > created)
      and modified < (select applied from schema_migrations where number = 31);

drop function editor_of_step;
