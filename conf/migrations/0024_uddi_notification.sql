-- Listeners of subscriptions are told of relations by their whole list, and only when it has changed; next_try is
-- 'infinity' for a listener that was given up.
alter table uddi_subscriptions
    add column told sha256_hex,     -- the list that the listener knows
    add column looked timestamptz;  -- until when there was nothing to tell since it was notified; null: saved since
-- Listeners that subscribed before there were notifications are told of what comes from now on.
update uddi_subscriptions set notified = now(), next_try = now() + make_interval(secs => seconds) where binding is not null;
-- Whether anything has changed at all is asked before a filter is run.
create index on uddi_entities (modified_below);
create index on uddi_departed (gone);
