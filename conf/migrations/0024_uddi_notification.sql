-- Listeners of subscriptions are told of relations by their whole list, and only when it has changed; next_try is
-- 'infinity' for a listener that was given up.
alter table uddi_subscriptions add column told sha256_hex;     -- the list that the listener knows
