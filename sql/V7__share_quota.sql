-- generation_quota: how many calls a minute the fleet of workers may make, and who has permits for the next ones. One row
-- for each provider; workers read and write it in turn, see docs/quota.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_quota (
  name text primary key,
  -- What the workers write for each other. It holds for minutes: a row that is deleted begins anew.
  book jsonb not null,
  -- Counts up with every change. A worker that was overtaken since it read the book finds another number, and reads it
  -- again; nobody holds a lock while it thinks, so none that is frozen then keeps the others waiting.
  revision bigint not null,
  -- For people; the workers read the book.
  calls_per_minute double precision generated always as ((book #>> '{limit,now}')::double precision) stored,
  calls_in_window bigint generated always as ((book #>> '{limit,usedInWindow}')::bigint) stored,
  revised_at timestamptz not null
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

alter table public.generation_quota enable row level security;

drop policy if exists "Darkroom shares its quota" on public.generation_quota;
create policy "Darkroom shares its quota"
  on public.generation_quota for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_quota from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_quota to darkroom_app;
