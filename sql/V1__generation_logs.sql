-- generation_logs: every step of every request, append-only. Columns and check are those of the service that Darkroom
-- replaces, so an existing table is taken over with its rows. `seq` is added: two steps may share a timestamp, and the log
-- is read and followed in the order in which it was written.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times. Writers wait
-- while an index of a large table is built; by hand, `create index concurrently` with the same name may go before.

-- Supabase has the first three roles; plain PostgreSQL gets them here, so that one file serves both. Roles belong to the
-- whole server: another database's migration may create them at the same moment.
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      -- Only a superuser may give bypassrls away, and on managed servers the owner of a database is none.
      ('service_role', 'nologin noinherit'
        || case current_setting('is_superuser') when 'on' then ' bypassrls' else '' end),
      ('darkroom_app', 'nologin')) as roles (name, options)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I %s', wanted.name, wanted.options);
      exception when duplicate_object or unique_violation then
        null; -- somebody else was quicker
      end;
    end if;
  end loop;
end
$$;

create table if not exists public.generation_logs (
  id uuid primary key default gen_random_uuid(),
  request_id uuid not null,
  user_id text not null,
  prompt text not null,
  status text not null check (status in ('started', 'processing', 'completed', 'failed')),
  step text not null,
  details jsonb,
  image_url text,
  created_at timestamptz not null default now()
);

-- Policies are made once, on the first run, which is the one that adds `seq`: whatever an operator drops or changes later
-- stays so when this file runs again. Nobody but the application writes steps. The service being replaced let every
-- signed-in user do everything, deleting others' rows included; who may read which is in V10; see
-- docs/decisions/0005-restrict-row-level-security.md and docs/decisions/0060-let-owners-see-only-their-own.md.
do $$
begin
  if not exists (select from pg_catalog.pg_attribute
      where attrelid = 'public.generation_logs'::regclass and attname = 'seq' and not attisdropped) then
    drop policy if exists "Allow all operations for authenticated users" on public.generation_logs;
    drop policy if exists "Allow read-only access for authenticated users" on public.generation_logs;
    drop policy if exists "Allow read-only access for anonymous users" on public.generation_logs;

    -- On Supabase this role bypasses policies; elsewhere it may not.
    drop policy if exists "Allow read-only access for the service role" on public.generation_logs;
    create policy "Allow read-only access for the service role"
      on public.generation_logs for select to service_role using (true);

    drop policy if exists "Darkroom reads the steps" on public.generation_logs;
    create policy "Darkroom reads the steps"
      on public.generation_logs for select to darkroom_app using (true);

    drop policy if exists "Darkroom appends steps" on public.generation_logs;
    create policy "Darkroom appends steps"
      on public.generation_logs for insert to darkroom_app with check (true);
  end if;
end
$$;

alter table public.generation_logs enable row level security;

alter table public.generation_logs
  add column if not exists seq bigint generated always as identity;

-- New ids begin with the time (UUIDv7), so that they are added at the end of their index; random ones would touch a page
-- of their own for each step.
alter table public.generation_logs alter column id set default
  encode(set_bit(set_bit(
    overlay(uuid_send(gen_random_uuid())
      placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex')::uuid;

create index if not exists idx_generation_logs_request_id on public.generation_logs (request_id);
create index if not exists idx_generation_logs_created_at on public.generation_logs (created_at);
-- The newest rows of one user, or of one status. The service before had indexes of these columns alone, which add nothing.
create index if not exists idx_generation_logs_user_id_created_at
  on public.generation_logs (user_id, created_at);
create index if not exists idx_generation_logs_status_created_at
  on public.generation_logs (status, created_at);
drop index if exists public.idx_generation_logs_user_id;
drop index if exists public.idx_generation_logs_status;
-- Whoever watches a job hears each step as it is written, and goes on behind the last one heard; see
-- docs/decisions/0023-tell-steps-in-the-order-of-the-ledger.md.
create unique index if not exists idx_generation_logs_seq on public.generation_logs (seq);

-- No statement compares these columns; sampling whole documents would be much of the work of an `analyze`.
alter table public.generation_logs
  alter details set statistics 0,
  alter image_url set statistics 0;

-- Supabase's default privileges may have granted more than this. Browsers that nobody signed in to read where a policy for
-- them says so, and see not even the table elsewhere; see darkroom.access.public-log.
revoke all on table public.generation_logs from public, anon, authenticated, service_role, darkroom_app;
grant usage on schema public to anon, authenticated, service_role, darkroom_app;
grant select on table public.generation_logs to authenticated, service_role;
grant select, insert on table public.generation_logs to darkroom_app;
do $$
begin
  if exists (select from pg_catalog.pg_policies
      where schemaname = 'public' and tablename = 'generation_logs' and 'anon' = any (roles)) then
    grant select on table public.generation_logs to anon;
  end if;
end
$$;
