-- generation_idempotency_keys: which request a client's Idempotency-Key stands for. A row says that whoever sends the key
-- again gets that job instead of a second one; it is deleted, or taken over by another request, when it has expired.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_idempotency_keys (
  key text primary key check (length(key) between 1 and 255),
  -- A digest of what was asked for under the key.
  fingerprint text not null,
  -- No foreign key: a key may outlive its job, and one statement writes both rows.
  request_id uuid not null,
  created_at timestamptz not null default now()
);

-- For the sweep that deletes those that have expired.
create index if not exists idx_generation_idempotency_keys_created_at
  on public.generation_idempotency_keys (created_at);

alter table public.generation_idempotency_keys enable row level security;

drop policy if exists "Darkroom keeps the keys" on public.generation_idempotency_keys;
create policy "Darkroom keeps the keys"
  on public.generation_idempotency_keys for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this. Keys are other people's secrets: nobody else reads them.
revoke all on table public.generation_idempotency_keys
  from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_idempotency_keys to darkroom_app;
