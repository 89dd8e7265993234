-- What was called: by whom, of what, in which hour. No references, since the figures outlive what they are about.
create table metering (
    hour            timestamptz not null,
    consumer        text not null,
    service         text not null,
    operation       text not null,
    calls           bigint not null check (calls >= 0),
    faults          bigint not null check (faults >= 0),    -- of the calls
    bytes_in        bigint not null check (bytes_in >= 0),
    bytes_out       bigint not null check (bytes_out >= 0),
    microseconds    bigint not null check (microseconds >= 0),
    primary key (hour, consumer, service, operation)
);

-- The last batch that each node has brought since it started, so that none counts twice when it is brought again.
create table metering_batches (
    node    text primary key check (length(node) between 1 and 64),
    run     text not null,
    number  bigint not null
);
