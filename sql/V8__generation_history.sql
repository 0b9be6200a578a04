-- What readers of the history of ends need: generation_epoch, by which they notice that the ledger is not the one they began
-- to read, and an index of the ends in their order.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times. Writers wait
-- while the index of a large table is built; by hand, `create index concurrently` with the same name may go before.

create table if not exists public.generation_epoch (
  only_row boolean primary key default true check (only_row),
  -- Drawn once. Whoever brings back an old copy of the server's disk draws another one; a restored backup and a failover
  -- are noticed without it.
  value uuid not null default gen_random_uuid()
);
insert into public.generation_epoch default values on conflict do nothing;

alter table public.generation_epoch enable row level security;

drop policy if exists "Darkroom reads the epoch" on public.generation_epoch;
create policy "Darkroom reads the epoch"
  on public.generation_epoch for select to darkroom_app using (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_epoch from public, anon, authenticated, service_role, darkroom_app;
grant select on table public.generation_epoch to darkroom_app;

-- The ends of jobs in the order of their steps; see docs/decisions/0055-read-ends-up-to-the-first-open-number.md.
create index if not exists idx_generation_logs_ends on public.generation_logs (seq)
  where status in ('completed', 'failed');
