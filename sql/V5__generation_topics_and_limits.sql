-- generation_topics: which of Kafka's topics the ledger's records were published to. generation_limits: how many calls a
-- minute all workers together may make.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- Kafka gives a topic that is created anew another id: what was published to the old one is gone.
create table if not exists public.generation_topics (
  name text primary key,
  topic_id text not null,
  since timestamptz not null default now(),
  -- Completion events of jobs that ended up to then need not be sent again.
  replayed_until timestamptz not null default 'infinity'
);

alter table public.generation_topics enable row level security;

drop policy if exists "Darkroom keeps its topics" on public.generation_topics;
create policy "Darkroom keeps its topics"
  on public.generation_topics for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_topics from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_topics to darkroom_app;

-- One row for each provider: how many calls a minute all workers together may make, and when the next one may begin. It is
-- changed by one statement; see docs/quota.md.
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
