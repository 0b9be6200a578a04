-- generation_queue: one small row per open job, and the only thing that decides who works on it. It is outbox, schedule and
-- claim at once; it goes when the job has ended and Kafka has its completion event. docs/job-lifecycle.md draws the states.
-- With it generation_workers, whose leases say which claims hold, and generation_turns, the place where the fair order stands.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_queue (
  request_id uuid primary key,
  user_id text not null,
  -- in_line: waits for its turn. dispatched: on Kafka, or about to be. claimed: a worker has it. due: will be due again and
  -- has no turn yet. ended: its completion event is not on Kafka yet.
  state text not null check (state in ('in_line', 'dispatched', 'claimed', 'due', 'ended')),
  -- Its place among those in line. A user's jobs have one turn each, users share turns.
  turn bigint check (turn >= 0),
  -- No worker starts before this.
  due_at timestamptz not null default now(),
  -- Whoever last took on to publish this row's record (the job's, and once it has ended its completion event) has until
  -- then; afterwards a sweep publishes it. Of a claimed job: infinity, or when its worker gave it up for lost.
  publish_after timestamptz not null default now(),
  enqueued_at timestamptz,
  deadline_at timestamptz not null,
  -- Calls begun.
  attempt integer not null default 0 check (attempt >= 0),
  -- Attempts that count towards the limit; an outage does not.
  failures integer not null default 0 check (failures between 0 and attempt),
  -- Who began the latest attempt.
  worker_id text,
  -- Names the claim of the latest attempt: the fence. A report under another one changes nothing.
  claim_token uuid,
  -- Why the latest attempt brought no picture.
  error_code text,
  error_message text,
  constraint generation_queue_turn check ((state = 'in_line') = (turn is not null)),
  constraint generation_queue_claim check (
    (state <> 'claimed' or attempt > 0) and (attempt > 0) = (num_nulls(worker_id, claim_token) = 0))
  -- Vacuumed by what has died and not by a share of what lives: a queue may be long or empty. It keeps its pages: where a
  -- table has none, reading all of it looks cheaper than an index, and such a plan may stay until the queue is long.
) with (fillfactor = 70, vacuum_truncate = false,
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
  autovacuum_analyze_scale_factor = 0.2, autovacuum_analyze_threshold = 500);

-- One partial index for each question, so that a job is in few of them at a time.
create index if not exists idx_generation_queue_dispatched on public.generation_queue (publish_after)
  where state = 'dispatched';
create index if not exists idx_generation_queue_turn on public.generation_queue (turn, request_id)
  where state = 'in_line';
-- Where a user's line ends.
create index if not exists idx_generation_queue_line on public.generation_queue (user_id, turn)
  where state = 'in_line';
create index if not exists idx_generation_queue_claimed on public.generation_queue (worker_id)
  where state = 'claimed';
create index if not exists idx_generation_queue_due on public.generation_queue (publish_after)
  where state = 'due';
create index if not exists idx_generation_queue_ended on public.generation_queue (publish_after)
  where state = 'ended';
create index if not exists idx_generation_queue_deadline on public.generation_queue (deadline_at)
  where state <> 'ended';

alter table public.generation_queue
  alter error_message set statistics 0;

alter table public.generation_queue enable row level security;

drop policy if exists "Darkroom keeps the queue" on public.generation_queue;
create policy "Darkroom keeps the queue"
  on public.generation_queue for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_queue from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_queue to darkroom_app;

-- A worker's claims hold until then. One row for each worker, renewed while it lives.
create table if not exists public.generation_workers (
  worker_id text primary key,
  lease_until timestamptz not null
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

alter table public.generation_workers enable row level security;

drop policy if exists "Darkroom keeps its workers" on public.generation_workers;
create policy "Darkroom keeps its workers"
  on public.generation_workers for all to darkroom_app using (true) with check (true);

revoke all on table public.generation_workers from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_workers to darkroom_app;

-- The latest turn that was dispatched, in a single row; whoever dispatches holds its lock, and counts the lots.
create table if not exists public.generation_turns (
  only_row boolean primary key default true check (only_row),
  now_serving bigint not null default 0,
  lots bigint not null default 0
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
insert into public.generation_turns default values on conflict do nothing;

alter table public.generation_turns enable row level security;

drop policy if exists "Darkroom keeps the turns" on public.generation_turns;
create policy "Darkroom keeps the turns"
  on public.generation_turns for all to darkroom_app using (true) with check (true);

-- The row is never deleted.
revoke all on table public.generation_turns from public, anon, authenticated, service_role, darkroom_app;
grant select, update on table public.generation_turns to darkroom_app;
