-- Listeners of subscriptions are told of relations by their whole list, and only when it has changed; next_try is
-- 'infinity' for a listener that was given up.
alter table uddi_subscriptions
    add column told sha256_hex,     -- the list that the listener knows
    add column looked timestamptz;  -- until when there was nothing to tell since it was notified; null: saved since
-- Whether anything has changed at all is asked before a filter is run.
create index on uddi_entities (modified_below);
create index on uddi_departed (gone);
