-- No statement compares these columns as a whole, but for whether they are null, and single fields of a document have no
-- part in its statistics. So these serve no plan, while to sort samples of whole documents is much of the work of an
-- `analyze`, which a growing table gets again and again.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

alter table public.generation_jobs
  alter request set statistics 0,
  alter traceparent set statistics 0,
  alter image_sha256 set statistics 0,
  alter error_message set statistics 0;

alter table public.generation_logs
  alter details set statistics 0,
  alter image_url set statistics 0;
