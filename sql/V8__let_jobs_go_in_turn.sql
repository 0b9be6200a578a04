-- Fairness between users: Kafka holds no more jobs than workers are about to take up; the others wait in the ledger, each
-- with a turn, and are let go in the order of their turns. See docs/decisions/0022-let-jobs-go-in-turn.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- On Kafka, or about to be: somebody has reserved it to publish it since it was last due.
alter table public.generation_jobs add column if not exists let_go boolean not null default false;
-- Its place in the order of those that wait to be let go. A user's jobs have one turn each, users share turns.
alter table public.generation_jobs add column if not exists turn bigint
  constraint generation_jobs_turn check (turn is null or (turn >= 0 and not let_go));

-- What was let go and no worker has taken up.
create index if not exists idx_generation_jobs_let_go on public.generation_jobs (publish_after)
  where let_go and lease_until is null and finished_at is null;
-- Whose turn it is.
create index if not exists idx_generation_jobs_turn on public.generation_jobs (turn, request_id)
  where turn is not null and lease_until is null and finished_at is null;
-- Where a user's line ends.
create index if not exists idx_generation_jobs_line on public.generation_jobs (user_id, turn)
  where turn is not null and lease_until is null and finished_at is null;

-- The latest turn that was let go, in a single row; whoever lets jobs go holds its lock, and counts what was let go.
create table if not exists public.generation_turns (
  only_row boolean primary key default true check (only_row),
  now_serving bigint not null default 0,
  lots bigint not null default 0
) with (fillfactor = 10);
insert into public.generation_turns default values on conflict do nothing;

alter table public.generation_turns enable row level security;

drop policy if exists "Darkroom keeps the turns" on public.generation_turns;
create policy "Darkroom keeps the turns"
  on public.generation_turns for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this. The row is never deleted.
revoke all on table public.generation_turns from public, anon, authenticated, service_role, darkroom_app;
grant select, update on table public.generation_turns to darkroom_app;
