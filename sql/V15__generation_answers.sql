-- Answers: whether the client of an idempotency key has got what it waited for. Clients of the OpenAI API send no key, only the
-- same body again; the gateway makes a key of it, which stands for the job until its answer was delivered, and not for the
-- next request of the same words. See docs/decisions/0072-join-repetitions-by-their-body.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- Null where nobody has got it; of an earlier request where it is before `created_at`, for an expired key is taken over.
alter table public.generation_idempotency_keys add column if not exists answered_at timestamptz;
