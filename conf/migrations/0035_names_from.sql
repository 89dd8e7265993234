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

-- `coarse`: compared in the coarsest form.
create function uddi_names_from(of_kind text, beginning text, coarse boolean)
returns table (entity text, name text, folded text, lang text)
language plpgsql stable parallel safe rows 100 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
    prefix text := case when coarse then uddi_fold(beginning) else beginning end;
    behind text := uddi_behind(prefix);
begin
    if coarse then
        return query select n.entity::text, n.name, n.folded, n.lang from uddi_names n
                     where n.kind = of_kind and n.folded ~>=~ prefix and n.folded ~<~ behind;
    else
        return query select n.entity::text, n.name, n.folded, n.lang from uddi_names n
                     where n.kind = of_kind and n.name ~>=~ prefix and n.name ~<~ behind;
    end if;
end $$;

-- Whether each of these leaves so few that no plan is needed. Where many names begin so, a plan that knows it is worth its
-- time.
create function uddi_few_names_from(of_kind text, beginnings text[], coarse boolean) returns boolean
language plpgsql stable parallel safe set plan_cache_mode = force_generic_plan as $$
declare
    most constant int := 500;
    prefix text;
    behind text;
    found int;
begin
    foreach prefix in array beginnings loop
        if coarse then
            prefix := uddi_fold(prefix);
            behind := uddi_behind(prefix);
            select count(*) into found from (select from uddi_names n where n.kind = of_kind and n.folded ~>=~ prefix
                                             and n.folded ~<~ behind limit most + 1) hits;
        else
            behind := uddi_behind(prefix);
            select count(*) into found from (select from uddi_names n where n.kind = of_kind and n.name ~>=~ prefix
                                             and n.name ~<~ behind limit most + 1) hits;
        end if;
        if found > most then return false; end if;
    end loop;
    return true;
end $$;
