-- What the ledger needs to keep its promises when answers and records get lost.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- Names the claim that began the latest attempt, so that a worker that never heard the answer may ask again.
alter table public.generation_jobs add column if not exists claim_token uuid;

-- Which topic the jobs were published to. Kafka gives a topic that is created anew another id: what was published to
-- the old one is gone.
create table if not exists public.generation_topics (
  name text primary key,
  topic_id text not null,
  since timestamptz not null default now()
);

alter table public.generation_topics enable row level security;

drop policy if exists "Darkroom keeps its topics" on public.generation_topics;
create policy "Darkroom keeps its topics"
  on public.generation_topics for all to darkroom_app using (true) with check (true);

revoke all on table public.generation_topics from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_topics to darkroom_app;
