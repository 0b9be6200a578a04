-- What operators and clients do to jobs that are under way: cancel them, pause them, send them again; and what each job's
-- calls have cost. generation_pauses: for whom no calls are made. generation_operations: changes of many jobs at once.
-- generation_workers says what each worker does.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- Calls made for the job, known when it has ended: those that were surely billed, and those of which nobody knows. The rest
-- was surely not billed.
alter table public.generation_jobs
  add column if not exists calls smallint not null default 0,
  add column if not exists calls_billed smallint not null default 0,
  add column if not exists calls_unknown smallint not null default 0,
  -- The job that this one repeats.
  add column if not exists replay_of uuid,
  -- Who is told of this job's events: {"url": …, "events": […]}.
  add column if not exists webhook jsonb;

alter table public.generation_jobs alter webhook set statistics 0;

-- Jobs as a list: the newest of one user; the newest failed ones; the replays of one job.
create index if not exists idx_generation_jobs_user_id on public.generation_jobs (user_id, request_id);
create index if not exists idx_generation_jobs_failed on public.generation_jobs (request_id) where error_code is not null;
create index if not exists idx_generation_jobs_replay_of on public.generation_jobs (replay_of) where replay_of is not null;

-- The same while the job is open, without the call under way. paused: had its turn, and waits for its resumption.
alter table public.generation_queue
  add column if not exists calls smallint not null default 0,
  add column if not exists calls_billed smallint not null default 0,
  add column if not exists calls_unknown smallint not null default 0,
  -- Of a claimed job: since when its worker is asked to cut the call.
  add column if not exists cancel_requested_at timestamptz,
  drop constraint if exists generation_queue_state_check,
  add constraint generation_queue_state_check
    check (state in ('in_line', 'dispatched', 'claimed', 'due', 'paused', 'ended'));

create index if not exists idx_generation_queue_paused on public.generation_queue (user_id) where state = 'paused';

-- What a worker says of itself with each renewal of its lease.
alter table public.generation_workers
  add column if not exists started_at timestamptz not null default now(),
  add column if not exists version text not null default '',
  add column if not exists slots integer not null default 0,
  -- Why it takes no jobs; null where it does.
  add column if not exists pause_reason text,
  add column if not exists paused_since timestamptz;

-- No calls for all, for the jobs of one user, or for those of one model. Usually empty.
create table if not exists public.generation_pauses (
  scope text not null check (scope in ('all', 'user', 'model')),
  -- The user's or the model's; empty for all.
  name text not null default '',
  reason text not null,
  since timestamptz not null default now(),
  primary key (scope, name),
  constraint generation_pauses_name check ((scope = 'all') = (name = ''))
);

alter table public.generation_pauses enable row level security;

drop policy if exists "Darkroom keeps the pauses" on public.generation_pauses;
create policy "Darkroom keeps the pauses"
  on public.generation_pauses for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_pauses from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_pauses to darkroom_app;

-- One row for each change of many jobs. Gateways carry it out in slices; the row says how far they have come.
create table if not exists public.generation_operations (
  operation_id uuid primary key,
  action text not null check (action in ('replay', 'cancel')),
  -- Which jobs: status, errorCode, userId, model, since, until.
  filter jsonb not null,
  reason text,
  -- The Idempotency-Key that it was asked for with, if any.
  idempotency_key text,
  status text not null default 'running' check (status in ('running', 'completed', 'cancelled')),
  -- Jobs that matched when it began.
  matched bigint not null default 0 check (matched >= 0),
  -- What became of them so far.
  changed bigint not null default 0 check (changed >= 0),
  unchanged bigint not null default 0 check (unchanged >= 0),
  -- Jobs are taken from the newest to the oldest; all after this one have been.
  next_before uuid,
  -- The gateway that carries it out has until then; afterwards another one goes on.
  reserved_until timestamptz not null default now(),
  created_at timestamptz not null default now(),
  finished_at timestamptz
);

create index if not exists idx_generation_operations_running on public.generation_operations (reserved_until)
  where status = 'running';

alter table public.generation_operations enable row level security;

drop policy if exists "Darkroom keeps the operations" on public.generation_operations;
create policy "Darkroom keeps the operations"
  on public.generation_operations for all to darkroom_app using (true) with check (true);

revoke all on table public.generation_operations from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_operations to darkroom_app;
