-- Prompts are searched by their trigrams, which the extension pg_trgm knows. Only the first step of each request is
-- indexed: it has the prompt that all of them have. See docs/decisions/0024-search-prompts-by-trigrams.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times. Writers wait
-- while the index of a large table is built; by hand, `create index concurrently` with the same name may go before.

-- Where the extension is missing, or this login may not create it, all goes on without: searches then look through the
-- log bit by bit. Once somebody has created the extension, run this file again.
do $$
declare
  home text;
begin
  begin
    if to_regnamespace('extensions') is not null then -- Supabase keeps them there
      create extension if not exists pg_trgm with schema extensions;
    else
      create extension if not exists pg_trgm;
    end if;
  exception when others then
    raise notice 'pg_trgm could not be created (%); prompts are searched without an index', sqlerrm;
  end;

  select nspname into home
  from pg_catalog.pg_extension join pg_catalog.pg_namespace on pg_namespace.oid = extnamespace
  where extname = 'pg_trgm';

  if home is not null then
    -- Entries are gathered and added in one go, which costs a third of adding each; small helpings, because a client's
    -- request waits for each, and because searches read what is gathered.
    execute format(
      'create index if not exists idx_generation_logs_prompt on public.generation_logs
         using gin (prompt %I.gin_trgm_ops) with (fastupdate = on, gin_pending_list_limit = 512)
         where status = ''started''', home);
  end if;
end
$$;
