-- How much: what a job may wait for and how much of it there may be. Each job has a priority, which orders the line of its
-- owner, and a weight, by which lines share turns. generation_daily_jobs counts the jobs of a day where a key has a limit.
-- See docs/limits.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- 1 to 5; higher ones go first.
alter table public.generation_jobs
  add column if not exists priority smallint not null default 3 check (priority between 1 and 5);

-- On the first run alone: a turn is divided into a million parts, so that heavier lines may take smaller steps.
do $$
begin
  if not exists (select from pg_catalog.pg_attribute
      where attrelid = 'public.generation_queue'::regclass and attname = 'rank' and not attisdropped) then
    alter table public.generation_queue
      -- The order within a line: twice the priority, and one more where another job has taken its turn.
      add column rank smallint not null default 6 check (rank between 2 and 11),
      add column weight smallint not null default 1 check (weight between 1 and 100),
      -- Whether it counts towards a limit of its line.
      add column counted boolean not null default false;
    update public.generation_queue set turn = turn * 1000000 where turn is not null;
    update public.generation_turns set now_serving = now_serving * 1000000;
  end if;
end
$$;

-- Who goes first in a line.
create index if not exists idx_generation_queue_rank
  on public.generation_queue ((case when owner = '' then user_id else owner end), rank desc, request_id)
  where state = 'in_line';
-- The open jobs of a line that has a limit. Where none has one this index is empty, and costs nothing.
create index if not exists idx_generation_queue_counted
  on public.generation_queue ((case when owner = '' then user_id else owner end))
  where counted and state <> 'ended';

-- One row per name and day of UTC, changed by the statement that accepts its jobs. Rows of past days go after a week.
create table if not exists public.generation_daily_jobs (
  name text not null,
  day date not null,
  jobs integer not null check (jobs >= 0),
  -- How many the latest statement got, and the limit that it had.
  granted integer not null,
  most integer not null,
  primary key (name, day)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

alter table public.generation_daily_jobs enable row level security;

drop policy if exists "Darkroom counts the jobs of a day" on public.generation_daily_jobs;
create policy "Darkroom counts the jobs of a day"
  on public.generation_daily_jobs for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_daily_jobs from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_daily_jobs to darkroom_app;
