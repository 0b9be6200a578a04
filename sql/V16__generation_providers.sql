-- generation_queue.provider: which provider the latest attempt calls, where workers know several (darkroom.providers).
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

alter table public.generation_queue
  add column if not exists provider text;
