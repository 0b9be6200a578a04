-- generation_jobs: one row per accepted request: who asked for what, and how it ended. Written twice, when the job is
-- accepted and when it ends; what happens in between is in generation_queue. Its key is ordered by time, so that ended jobs
-- can be deleted in slices.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_jobs (
  request_id uuid primary key,
  user_id text not null,
  request jsonb not null,
  -- The call that every attempt makes: its parameters, computed once, and what did not fit into them.
  call jsonb not null,
  -- `started` as long as the job is open, whatever happens to it.
  status text not null default 'started' check (status in ('started', 'completed', 'failed')),
  -- Attempts begun, known when the job has ended.
  attempts integer not null default 0 check (attempts >= 0),
  deadline_at timestamptz not null,
  image_url text,
  image_sha256 text,
  image_content_type text,
  image_bytes bigint,
  -- When the picture was removed because it was kept for long enough; see darkroom.picture.keep.
  image_removed_at timestamptz,
  error_code text,
  error_message text,
  traceparent text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint generation_jobs_lifecycle check (
    case status
      when 'started' then finished_at is null and attempts = 0
        and num_nonnulls(image_url, image_sha256, image_content_type, image_bytes) = 0
        and num_nonnulls(error_code, error_message) = 0
      when 'completed' then finished_at is not null and attempts > 0
        and num_nulls(image_url, image_sha256, image_content_type, image_bytes) = 0
        and num_nonnulls(error_code, error_message) = 0
      when 'failed' then finished_at is not null
        and num_nonnulls(image_url, image_sha256, image_content_type, image_bytes) = 0
        and num_nulls(error_code, error_message) = 0
      else false
    end)
  -- Room for the second version of a row on the page of the first, so that its end changes no index.
) with (fillfactor = 60);

-- No statement compares these columns; sampling whole documents would be much of the work of an `analyze`.
alter table public.generation_jobs
  alter request set statistics 0,
  alter call set statistics 0,
  alter traceparent set statistics 0,
  alter image_sha256 set statistics 0,
  alter error_message set statistics 0;

alter table public.generation_jobs enable row level security;

drop policy if exists "Darkroom keeps the ledger" on public.generation_jobs;
create policy "Darkroom keeps the ledger"
  on public.generation_jobs for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this. The application deletes no job.
revoke all on table public.generation_jobs from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_jobs to darkroom_app;
