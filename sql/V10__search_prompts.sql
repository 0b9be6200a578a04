-- generation_prompts: the prompts of accepted requests once more, for an index of their trigrams, which the extension pg_trgm
-- knows. Entries of such an index are dear, so that requests don't wait for them: gateways copy the first steps of the
-- log when nothing before them can appear any more, strictly in the order of the key. What is up to the last row here is
-- complete. See docs/decisions/0024-search-prompts-by-trigrams.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_prompts (
  accepted_at timestamptz not null,
  request_id uuid not null,
  user_id text not null,
  prompt text not null,
  primary key (accepted_at, request_id)
);

alter table public.generation_prompts enable row level security;

drop policy if exists "Darkroom reads prompts" on public.generation_prompts;
create policy "Darkroom reads prompts"
  on public.generation_prompts for select to darkroom_app using (true);

drop policy if exists "Darkroom copies prompts" on public.generation_prompts;
create policy "Darkroom copies prompts"
  on public.generation_prompts for insert to darkroom_app with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_prompts from public, anon, authenticated, service_role, darkroom_app;
grant select, insert on table public.generation_prompts to darkroom_app;

-- Earlier builds had it on the log, where each accepted request paid for it.
drop index if exists public.idx_generation_logs_prompt;

-- Where the extension is missing, or this login may not create it, all goes on without: nothing is copied, and searches
-- look through the log bit by bit. Once somebody has created the extension, run this file again.
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
    -- Entries are gathered and added in one go: with helpings of 2 MiB that costs a quarter of what 512 KiB do, and the
    -- searches, which read what is gathered, a millisecond.
    execute format(
      'create index if not exists idx_generation_prompts_prompt on public.generation_prompts
         using gin (prompt %I.gin_trgm_ops) with (fastupdate = on, gin_pending_list_limit = 2048)', home);
  end if;
end
$$;
