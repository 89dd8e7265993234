-- Whose edit a whole replaces (docs/decisions/0038-edits-that-meet.md): uddi_entities.editor is who saved the entity itself
-- last, and what is below has rows of its own that say it. What was taken from there has none any more, so it is noted.

create table uddi_removals (
    entity      uddi_key not null references uddi_entities on delete cascade,   -- from below which something was taken
    editor      text not null check (editor <> ''),
    at          timestamptz not null default now(),                             -- last
    primary key (entity, editor)
);
