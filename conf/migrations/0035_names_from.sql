-- The names that begin so, by a plan that is made once for each connection. LIKE needs its pattern to be planned, and so was
-- planned for in every find, which took longer than the find itself (docs/performance.md#the-registry).

-- Names are ordered by the bytes of UTF-8, which is the order of characters: all that begin with a prefix lie between it
-- and the same with the next character at its end. Surrogates are no characters (55295 is U+D7FF, 57344 U+E000), and behind
-- the last of all there is none; a name has 255 at most. `coarse`: the prefix is compared in the coarsest form.
create function uddi_names_from(of_kind text, beginning text, coarse boolean) returns setof uddi_names
language plpgsql stable rows 100 set plan_cache_mode = force_generic_plan as $$
declare
    prefix text := case when coarse then uddi_fold(beginning) else beginning end;
    last int := ascii(right(prefix, 1));
    beyond text := case when prefix = '' or last = 1114111 then prefix || repeat(chr(1114111), 256)
                        else left(prefix, -1) || chr(case last when 55295 then 57344 else last + 1 end) end;
begin
    if coarse then
        return query select n.* from uddi_names n where n.kind = of_kind and n.folded ~>=~ prefix and n.folded ~<~ beyond;
    else
        return query select n.* from uddi_names n where n.kind = of_kind and n.name ~>=~ prefix and n.name ~<~ beyond;
    end if;
end $$;
