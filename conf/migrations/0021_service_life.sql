-- The life of a service: draft, submitted, approved, online, deprecated, offline, and every step of it.

alter table services drop constraint services_status_check;
alter table services add constraint services_status_check
    check (status in ('draft', 'submitted', 'approved', 'online', 'deprecated', 'offline'));

-- Of a deprecated service: since when it is, and when it is to end.
alter table services add column deprecated timestamptz;
alter table services add column ends timestamptz;
alter table services add constraint services_deprecated_with_its_end
    check ((status = 'deprecated') = (deprecated is not null) and (status = 'deprecated') = (ends is not null));

-- One row for each step, and for each version that came without one (then both states are the same).
create table service_history (
    id          bigint generated always as identity primary key,
    org         operator_name not null,
    name        operator_name not null,
    version     integer not null,
    from_status text check (from_status in ('draft', 'submitted', 'approved', 'online', 'deprecated', 'offline')),
    to_status   text not null
                check (to_status in ('draft', 'submitted', 'approved', 'online', 'deprecated', 'offline')),
    reason      text not null default '' check (length(reason) <= 500),
    actor       text not null default '',
    at          timestamptz not null default now(),
    foreign key (org, name) references services
);
create index on service_history (org, name, id);
create trigger service_history_only_grows before update or delete on service_history
    for each row execute function refuse_change();

insert into service_history (org, name, version, to_status, reason)
    select org, name, version, status, 'from before histories were kept' from services order by changed;

-- A service that a publisher saved through UDDI with the address of a WSDL. Once the agency has published it by that name
-- it is completed, and stays so however often its publisher saves it again.
create table service_drafts (
    key         uddi_key primary key references uddi_entities on delete cascade,
    org         operator_name not null references organisations,
    name        operator_name not null,
    wsdl        text not null check (length(wsdl) between 1 and 4096),  -- never fetched by the platform
    made        timestamptz not null default now(),
    completed   timestamptz,
    unique (org, name)
);
