-- The log is followed in the order of its numbers: whoever watches a job or a user's jobs hears each step as it is
-- written, and goes on behind the last one heard; see docs/decisions/0023-tell-steps-in-the-order-of-the-ledger.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times. Writers wait
-- while the index of a large table is built; by hand, `create unique index concurrently` with the same name may go before.

create unique index if not exists idx_generation_logs_seq on public.generation_logs (seq);
