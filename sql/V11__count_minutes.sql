-- generation_minutes: how many jobs were submitted and how many ended in a minute, and how long they took, so that a day
-- is summed up from its minutes. A row is written once, when nothing of its minute can change any more; a minute before
-- the latest row that has none had no jobs. See docs/decisions/0025-sum-up-settled-minutes.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_minutes (
  minute timestamptz primary key check (minute = date_bin('1 minute', minute, timestamptz 'epoch')),
  submitted integer not null check (submitted >= 0),
  completed integer not null check (completed >= 0),
  failed integer not null check (failed >= 0),
  -- Completed jobs by the class of the time from their acceptance to their picture: class c holds from 1.05^c up to
  -- 1.05^(c+1) milliseconds.
  took_class integer[] not null,
  took_jobs integer[] not null,
  -- Failed jobs by the code of their failure.
  failure_code text[] not null,
  failure_jobs integer[] not null,
  constraint generation_minutes_pairs check (
    cardinality(took_class) = cardinality(took_jobs) and cardinality(failure_code) = cardinality(failure_jobs))
);

alter table public.generation_minutes enable row level security;

drop policy if exists "Darkroom counts minutes" on public.generation_minutes;
create policy "Darkroom counts minutes"
  on public.generation_minutes for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this. Rows are never changed, and deleted when they are old.
revoke all on table public.generation_minutes from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, delete on table public.generation_minutes to darkroom_app;
