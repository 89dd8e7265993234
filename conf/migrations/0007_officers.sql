-- The officers of the platform (三员分立), how they prove who they are, and what needs two of them.

-- When the officers were separated: there is no way back.
alter table platform add column separated timestamptz;
-- How long a recovery by the machine's owner has to wait; fixed with the separation, so that a changed configuration
-- cannot shorten it.
alter table platform add column recovery_delay interval check (recovery_delay >= interval '0');

create function keep_separation() returns trigger language plpgsql as $$
begin
    if old.separated is not null and (new.separated is distinct from old.separated
                                      or new.recovery_delay is distinct from old.recovery_delay) then
        raise exception 'the officers stay separated' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger platform_keeps_separation before update on platform for each row execute function keep_separation();
alter table platform add constraint separated_with_its_delay check ((separated is null) = (recovery_delay is null));

-- One row, one role: no account holds two. Neither name nor role ever changes, and no row goes, since a name that
-- stands in the journal must go on meaning the same person.
create table officers (
    name            operator_name primary key,
    role            text not null check (role in ('system', 'security', 'auditor')),
    disabled        boolean not null default false,
    password        text check (password ~ '^\$scrypt\$'),  -- null: never again until one is handed out
    temporary       boolean not null default true,          -- handed out by somebody else: good for setting one's own
    totp            bytea,                                  -- the secret, sealed (security/keys/secret_box)
    totp_pending    bytea,                                  -- one that was shown, until its first code comes
    totp_step       bigint not null default 0,              -- of the last code taken (RFC 6238): none is good twice
    certificate     sha256_hex unique,                      -- of a client certificate; unique: it names one person
    not_before      timestamptz,
    not_after       timestamptz,
    failures        integer not null default 0 check (failures >= 0),   -- in a row
    locked_until    timestamptz,
    signed_in       timestamptz,                            -- the last time
    created         timestamptz not null default now(),
    check ((certificate is null) = (not_before is null)),
    check ((certificate is null) = (not_after is null))
);

create function keep_officer() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'officer % can be disabled, not deleted', old.name using errcode = 'restrict_violation';
    end if;
    if new.name <> old.name or new.role <> old.role or new.created <> old.created then
        raise exception 'name and role of officer % never change', old.name using errcode = 'restrict_violation';
    end if;
    if new.totp_step < old.totp_step then
        raise exception 'a code of officer % would be good again', old.name using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger officers_keep before update or delete on officers for each row execute function keep_officer();

-- Who is signed in. Tokens are random, kept as digests only, and good where they were given out.
create table officer_sessions (
    digest      sha256_hex primary key,
    officer     operator_name not null references officers,
    channel     text not null check (channel in ('socket', 'api')),
    place       text not null,                  -- uid of the peer, or its address: for people
    opened      timestamptz not null default now(),
    used        timestamptz not null default now()
);
create index on officer_sessions (officer);

-- What every officer is told at the next sign-in.
create table officer_notices (
    id          bigint generated always as identity primary key,
    officer     operator_name not null references officers,
    text        text not null check (length(text) between 1 and 1000),
    made        timestamptz not null default now(),
    shown       timestamptz
);
create index on officer_notices (officer) where shown is null;

-- The owner's one way in after separation. At most one at a time is under way.
create table officer_recoveries (
    id          bigint generated always as identity primary key,
    officer     operator_name not null references officers,
    asked       timestamptz not null default now(),
    effective   timestamptz not null,
    state       text not null default 'waiting' check (state in ('waiting', 'done', 'stopped')),
    ended       timestamptz,
    stopped_by  operator_name references officers,
    check ((state = 'waiting') = (ended is null)),
    check ((state = 'stopped') = (stopped_by is not null))
);
create unique index one_recovery_at_a_time on officer_recoveries (state) where state = 'waiting';

-- Commands that need a second person by the security officer's decision.
create table two_person_commands (
    command     text primary key check (length(command) between 1 and 100),
    since       timestamptz not null default now()
);

-- What a first officer wants done, word for word, until a second one decides.
create table proposals (
    id          text primary key check (length(id) = 26),
    command     text not null,
    arguments   text not null,                  -- JSON; holds no secrets
    digest      sha256_hex not null check (digest = encode(sha256(convert_to(command || E'\n' || arguments, 'UTF8')), 'hex')),
    proposer    operator_name not null references officers,
    made        timestamptz not null default now(),
    expires     timestamptz not null,
    state       text not null default 'waiting' check (state in ('waiting', 'approved', 'refused', 'withdrawn')),
    decided_by  operator_name references officers,
    decided     timestamptz,
    outcome     text,                           -- of the approved command
    check ((state = 'waiting') = (decided_by is null)),
    check ((state = 'waiting') = (decided is null)),
    -- Nobody is the second person of his own proposal; only taking it back is one's own.
    check (state not in ('approved', 'refused') or decided_by <> proposer),
    check (state <> 'withdrawn' or decided_by = proposer)
);
create index on proposals (made);

-- What was proposed is what is approved, and a decision stays.
create function keep_proposal() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or new.id <> old.id or new.command <> old.command or new.arguments <> old.arguments
       or new.digest <> old.digest or new.proposer <> old.proposer or new.made <> old.made or new.expires <> old.expires
       or (old.state <> 'waiting' and (new.state <> old.state or new.decided_by <> old.decided_by)) then
        raise exception 'proposal % does not change', old.id using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
create trigger proposals_keep before update or delete on proposals for each row execute function keep_proposal();
