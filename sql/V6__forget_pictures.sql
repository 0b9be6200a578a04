-- When a job's picture was removed because it was kept for long enough; see darkroom.picture.keep.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

alter table public.generation_jobs add column if not exists image_removed_at timestamptz;
