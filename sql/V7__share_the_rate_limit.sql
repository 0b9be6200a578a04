-- generation_limits: how many calls a minute all workers together may make, and when the next one may begin. One row for
-- each provider, changed by one statement; see docs/quota.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_limits (
  name text primary key,
  -- The setting this row began with; another one begins anew.
  start_per_minute double precision not null,
  -- What the provider says it grants, and the setting as long as it says nothing.
  granted_per_minute double precision not null,
  -- The limit that holds: lower than what is granted after a refusal, until it has climbed back.
  calls_per_minute double precision not null check (calls_per_minute >= 1),
  free_at timestamptz not null default 'epoch',
  paused_until timestamptz not null default 'epoch',
  changed_at timestamptz not null default clock_timestamp()
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

alter table public.generation_limits enable row level security;

drop policy if exists "Darkroom shares its limit" on public.generation_limits;
create policy "Darkroom shares its limit"
  on public.generation_limits for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_limits from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_limits to darkroom_app;
