-- generation_groups: one row for each request that asked for several pictures (`count`). Its jobs are accepted together and end
-- one by one; the row says whether the end of the last one was noticed and told. Everything else that is to be known of a
-- group is in its jobs, so that nothing here names anybody. See docs/decisions/0071-tell-the-end-of-a-group-from-its-jobs.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times. A column without a
-- default rewrites no table; by hand, `create index concurrently` with the same name may go before.

-- The id of the group's first job; null for a job that is alone.
alter table public.generation_jobs add column if not exists group_id uuid;

-- Jobs that are alone are not in it, and no end of a job changes it.
create index if not exists idx_generation_jobs_group_id on public.generation_jobs (group_id)
  where group_id is not null;

create table if not exists public.generation_groups (
  group_id uuid primary key,
  -- Jobs.
  size smallint not null check (size between 2 and 16),
  created_at timestamptz not null default now(),
  -- When its last job had ended; null as long as that was not noticed.
  ended_at timestamptz,
  -- Whoever last took on to publish the group's completion event has until then; afterwards another gateway may. Null
  -- before the end, and once Kafka has the event.
  publish_after timestamptz,
  constraint generation_groups_end check (ended_at is not null or publish_after is null)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Open groups, which have no end, and ended ones in order.
create index if not exists idx_generation_groups_ended_at on public.generation_groups (ended_at);
create index if not exists idx_generation_groups_publish_after on public.generation_groups (publish_after)
  where publish_after is not null;

alter table public.generation_groups enable row level security;

drop policy if exists "Darkroom keeps the groups" on public.generation_groups;
create policy "Darkroom keeps the groups"
  on public.generation_groups for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_groups from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_groups to darkroom_app;
