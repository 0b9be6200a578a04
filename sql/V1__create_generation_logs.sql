-- generation_logs: every step of every request, append-only. Columns, check and indexes are those of the service that
-- Darkroom replaces, so an existing table is taken over as it is; `seq` is added, because two steps may share a
-- timestamp and a log is read in the order in which it was written.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

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

alter table public.generation_logs
  add column if not exists seq bigint generated always as identity;

create index if not exists idx_generation_logs_request_id on public.generation_logs (request_id);
create index if not exists idx_generation_logs_user_id on public.generation_logs (user_id);
create index if not exists idx_generation_logs_status on public.generation_logs (status);
create index if not exists idx_generation_logs_created_at on public.generation_logs (created_at);

alter table public.generation_logs enable row level security;

-- Anyone may read the steps; nobody but the application writes them. The service being replaced let every signed-in user
-- do everything, deleting others' rows included; see docs/decisions/0005-restrict-row-level-security.md.
drop policy if exists "Allow all operations for authenticated users" on public.generation_logs;
drop policy if exists "Allow read-only access for authenticated users" on public.generation_logs;
create policy "Allow read-only access for authenticated users"
  on public.generation_logs for select to authenticated using (true);

drop policy if exists "Allow read-only access for anonymous users" on public.generation_logs;
create policy "Allow read-only access for anonymous users"
  on public.generation_logs for select to anon using (true);

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

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_logs from public, anon, authenticated, service_role, darkroom_app;
grant usage on schema public to anon, authenticated, service_role, darkroom_app;
grant select on table public.generation_logs to anon, authenticated, service_role;
grant select, insert on table public.generation_logs to darkroom_app;
