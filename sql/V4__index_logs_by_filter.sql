-- The newest rows of one user, or of one status, are read in order instead of being looked for among everybody's. The
-- indexes of the service that Darkroom replaces stay; see docs/decisions/0013-remember-counts-of-settled-logs.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times. Writers wait
-- while an index of a large table is built; by hand, `create index concurrently` with the same name may go before.

create index if not exists idx_generation_logs_user_id_created_at
  on public.generation_logs (user_id, created_at);
create index if not exists idx_generation_logs_status_created_at
  on public.generation_logs (status, created_at);
