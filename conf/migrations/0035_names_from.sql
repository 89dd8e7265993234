-- The names that begin so, by a plan that is made once for each connection. LIKE needs its pattern to be planned, and so was
-- planned for in every find, which took longer than the find itself (docs/performance.md#the-registry).

-- What is behind all texts that begin so. Texts are compared by the bytes of UTF-8, which is the order of characters:
-- it is the same with the next character at its end. Surrogates are no characters (55295 is U+D7FF, 57344 U+E000), and
-- behind the last character of all there is none.
create function uddi_behind(beginning text) returns text immutable strict parallel safe language sql as $$
    select case when beginning = '' or ascii(right(beginning, 1)) = 1114111 then beginning || repeat(chr(1114111), 1024)
                else left(beginning, -1) || chr(case ascii(right(beginning, 1)) when 55295 then 57344
                                                     else ascii(right(beginning, 1)) + 1 end) end
$$;

-- None of them where they are more than a plan that knows nothing of them is good for: then one that is made for the
-- pattern is worth its time. `coarse`: compared in the coarsest form.
create function uddi_names_from(of_kind text, beginning text, coarse boolean)
returns table (entity text, name text, folded text, lang text)
language plpgsql stable parallel safe rows 100 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    most constant int := 500;
    prefix text := case when coarse then uddi_fold(beginning) else beginning end;
    behind text := uddi_behind(prefix);
    found int;
begin
    if coarse then
        select count(*) into found from (select from uddi_names n where n.kind = of_kind and n.folded ~>=~ prefix
                                         and n.folded ~<~ behind limit most + 1) hits;
        if found > most then return; end if;
        return query select n.entity::text, n.name, n.folded, n.lang from uddi_names n
                     where n.kind = of_kind and n.folded ~>=~ prefix and n.folded ~<~ behind;
    else
        select count(*) into found from (select from uddi_names n where n.kind = of_kind and n.name ~>=~ prefix
                                         and n.name ~<~ behind limit most + 1) hits;
        if found > most then return; end if;
        return query select n.entity::text, n.name, n.folded, n.lang from uddi_names n
                     where n.kind = of_kind and n.name ~>=~ prefix and n.name ~<~ behind;
    end if;
end $$;
