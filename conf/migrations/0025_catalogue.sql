-- The catalogue of government information resources (政务信息资源目录): each service that UDDI shows is an entry, whose core
-- metadata (GB/T 21063.3-2007) are the registry's own rows, save what the agency has said in its own words
-- (docs/decisions/0032-catalogue-and-search.md).

-- What the agency said; '' is nothing said. Of a published service it stays while the service is offline.
create table catalogue_entries (
    service     uddi_key primary key,       -- of the businessService
    title       text not null default '' check (length(title) <= 255),
    abstract    text not null default '' check (length(abstract) <= 4000),
    provider    text not null default '' check (length(provider) <= 255),
    contact     text not null default '' check (length(contact) <= 500),
    theme       text not null default '' collate "C" check (theme = '' or theme ~ '^[0-9A-Za-z.]{1,20}$'),
    theme_name  text not null default '' check (length(theme_name) <= 255),
    region      text not null default '' collate "C" check (region = '' or region ~ '^[0-9]{6}$'),
    identifier  text not null default '' check (length(identifier) <= 255),
    keywords    text not null default '' check (length(keywords) <= 2000),      -- one on each line
    published   text not null default '' check (length(published) <= 10),       -- dates as YYYY-MM-DD
    begins      text not null default '' check (length(begins) <= 10),
    ends        text not null default '' check (length(ends) <= 10),
    online      text not null default '' check (length(online) <= 2000),
    maintainer  text not null default '' check (length(maintainer) <= 500),
    version     integer not null check (version > 0),
    changed     text not null,              -- what the last change was about
    actor       text not null,
    updated     timestamptz not null default now()
);
create index on catalogue_entries (theme text_pattern_ops) where theme <> '';
create index on catalogue_entries (region text_pattern_ops) where region <> '';

-- Whoever gets the key of a service that a publisher deleted does not get its metadata.
create function forget_catalogue_entry() returns trigger language plpgsql as $$
begin
    delete from catalogue_entries where service = old.key;
    return null;
end
$$;
create trigger uddi_entities_leave_catalogue after delete on uddi_entities for each row
    when (old.kind = 'service' and old.service is null) execute function forget_catalogue_entry();

-- The text of pieces of XML such as <description>…</description>, one line for each.
create function uddi_text(text) returns text immutable strict parallel safe language sql as $$
    select btrim(replace(replace(replace(replace(replace(replace(regexp_replace($1, '(<[^>]*>)+', E'\n', 'g'),
        '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&apos;', ''''), '&amp;', '&'), E' \n')
$$;

-- Categories of what UDDI shows. By theme: GB/T 21063.4. What the agency said goes before the keyedReferences of the service.
create view catalogue_themes (service, code, name) as
    select o.service, o.theme, o.theme_name from catalogue_entries o
    where o.theme <> '' and exists (select 1 from uddi_entities s where s.key = o.service)
    union all
    select r.entity, r.value, r.name from uddi_references r
    where r.tmodel = 'uddi:hutong:categorization:gbt21063.4:theme' and r.kind = 'service' and r.bag = 'category'
          and not exists (select 1 from catalogue_entries e where e.service = r.entity and e.theme <> '');

-- By region: GB/T 2260. The agency's word, else the service's references, else those of its business.
create view catalogue_regions (service, code) as
    select o.service, o.region from catalogue_entries o
    where o.region <> '' and exists (select 1 from uddi_entities s where s.key = o.service)
    union all
    select r.entity, r.value from uddi_references r
    where r.tmodel = 'uddi:hutong:categorization:gbt2260' and r.kind = 'service' and r.bag = 'category'
          and not exists (select 1 from catalogue_entries e where e.service = r.entity and e.region <> '')
    union all
    select s.key, r.value from uddi_references r join uddi_entities s on s.parent = r.entity and s.kind = 'service'
    where r.tmodel = 'uddi:hutong:categorization:gbt2260' and r.kind = 'business' and r.bag = 'category'
          and not exists (select 1 from catalogue_entries e where e.service = s.key and e.region <> '')
          and not exists (select 1 from uddi_references o where o.entity = s.key and o.bag = 'category'
                          and o.tmodel = 'uddi:hutong:categorization:gbt2260');
