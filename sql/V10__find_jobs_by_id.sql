-- Jobs that a statement names are found by their ids, and no index invites it to look through all that wait or are open. See
-- docs/decisions/0028-find-jobs-by-id.md.
--
-- Building the two indexes reads all of generation_jobs, and new jobs wait meanwhile; on a large table `create index concurrently` with the same names
-- may go before, as it does nothing here then.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- What is due and has no turn yet: retries, rescued jobs, those whose record is lost. Jobs on their usual way are never in it.
create index if not exists idx_generation_jobs_undrawn on public.generation_jobs (publish_after)
  where not let_go and turn is null and lease_until is null and finished_at is null;
drop index if exists public.idx_generation_jobs_waiting;

-- In the rescue's own words: a condition on finished_at, which most statements have, does not match it.
create index if not exists idx_generation_jobs_deadline on public.generation_jobs (deadline_at)
  where status in ('started', 'processing');
drop index if exists public.idx_generation_jobs_open_deadline;
