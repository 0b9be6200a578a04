-- generation_jobs: one row per accepted request, and the only thing that decides who works on it and how it ended. The
-- row is outbox, lease and schedule at once; docs/job-lifecycle.md draws its states and transitions.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_jobs (
  request_id uuid primary key,
  user_id text not null,
  request jsonb not null,
  status text not null default 'started'
    check (status in ('started', 'processing', 'completed', 'failed')),
  -- Calls begun; also the fence: whoever reports an attempt names its number.
  attempt integer not null default 0 check (attempt >= 0),
  -- Attempts that count towards the limit; an outage does not.
  failures integer not null default 0 check (failures between 0 and attempt),
  worker_id text,
  lease_until timestamptz,
  -- No worker starts before this.
  due_at timestamptz not null default now(),
  -- Whoever last took on to publish this row's record (the job's, and once it has ended its completion event) has until
  -- then, and after that a worker to take it up; afterwards a sweep publishes it.
  publish_after timestamptz not null default now(),
  enqueued_at timestamptz,
  deadline_at timestamptz not null,
  image_url text,
  image_sha256 text,
  image_content_type text,
  image_bytes bigint,
  error_code text,
  error_message text,
  event_published_at timestamptz,
  traceparent text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint generation_jobs_lease_has_holder check (lease_until is null or worker_id is not null),
  constraint generation_jobs_lifecycle check (
    case status
      when 'started' then attempt = 0 and lease_until is null and finished_at is null
        and num_nonnulls(image_url, image_sha256, image_content_type, image_bytes) = 0
        and num_nonnulls(error_code, error_message) = 0
      when 'processing' then attempt > 0 and finished_at is null
        and num_nonnulls(image_url, image_sha256, image_content_type, image_bytes) = 0
      when 'completed' then attempt > 0 and finished_at is not null and lease_until is null
        and num_nulls(image_url, image_sha256, image_content_type, image_bytes) = 0
        and num_nonnulls(error_code, error_message) = 0
      when 'failed' then finished_at is not null and lease_until is null
        and num_nonnulls(image_url, image_sha256, image_content_type, image_bytes) = 0
        and num_nulls(error_code, error_message) = 0
      else false
    end),
  constraint generation_jobs_event_after_end check (event_published_at is null or finished_at is not null)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- One partial index for each question that is asked of open jobs, so that none grows with the jobs that have ended.
create index if not exists idx_generation_jobs_waiting on public.generation_jobs (publish_after)
  where lease_until is null and finished_at is null;
create index if not exists idx_generation_jobs_held on public.generation_jobs (lease_until)
  where lease_until is not null;
create index if not exists idx_generation_jobs_open_deadline on public.generation_jobs (deadline_at)
  where finished_at is null;
create index if not exists idx_generation_jobs_event_unpublished on public.generation_jobs (publish_after)
  where finished_at is not null and event_published_at is null;

alter table public.generation_jobs enable row level security;

drop policy if exists "Darkroom keeps the ledger" on public.generation_jobs;
create policy "Darkroom keeps the ledger"
  on public.generation_jobs for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this. Jobs are never deleted.
revoke all on table public.generation_jobs from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_jobs to darkroom_app;
