-- What consumers' organisations ask for, and how the organisations that own the services decided.

create table grant_requests (
    id          text primary key check (length(id) = 26),
    consumer    operator_name not null references consumers,
    org         operator_name not null,
    name        operator_name not null,
    operation   text not null default '',       -- empty: every operation
    reason      text not null check (length(reason) between 1 and 500),
    asked_by    text not null,
    asked       timestamptz not null default now(),
    state       text not null default 'waiting' check (state in ('waiting', 'accepted', 'refused', 'withdrawn')),
    decision    text check (length(decision) between 1 and 500),    -- the reason of it
    decided_by  text,
    decided     timestamptz,
    foreign key (org, name) references services,
    check ((state = 'waiting') = (decided is null)),
    check ((state = 'waiting') = (decided_by is null)),
    check ((state = 'waiting') = (decision is null))
);
create unique index grant_requests_wait_once on grant_requests (consumer, org, name, operation) where state = 'waiting';
create index on grant_requests (org, name);

-- What was asked for is what is decided on, and a decision stays.
create function keep_grant_request() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state <> 'waiting' or new.id <> old.id or new.consumer <> old.consumer
       or new.org <> old.org or new.name <> old.name or new.operation <> old.operation or new.reason <> old.reason
       or new.asked_by <> old.asked_by or new.asked <> old.asked then
        raise exception 'grant request % does not change', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger grant_requests_keep before update or delete on grant_requests
    for each row execute function keep_grant_request();
