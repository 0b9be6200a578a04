-- What is told to whom of the jobs that have a webhook (generation_jobs.webhook). generation_webhook_cursor: how far the log
-- was read for it. generation_webhook_endpoints: who is told, and whether that works. generation_webhook_deliveries: one row
-- for each event and what became of it. generation_webhook_secrets: what deliveries are signed with. See docs/webhooks.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

-- A single row, whose lock is held by the gateway that reads the log or hands out deliveries.
create table if not exists public.generation_webhook_cursor (
  only_row boolean primary key default true check (only_row),
  -- Every step up to this number was read,
  seq bigint not null,
  -- but for these, whose transactions were under way. A number never comes when all transactions below its second
  -- number are over.
  missing bigint[] not null default '{}',
  missing_before xid8[] not null default '{}',
  -- Counts the changes that depend on this row: a statement that sees an older count than the row has changes nothing.
  round bigint not null default 0,
  constraint generation_webhook_cursor_missing check (cardinality(missing) = cardinality(missing_before))
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
-- Jobs from before have no webhook.
insert into public.generation_webhook_cursor (seq)
  select coalesce(max(seq), 0) from public.generation_logs
  on conflict do nothing;

alter table public.generation_webhook_cursor enable row level security;

drop policy if exists "Darkroom keeps its place in the log" on public.generation_webhook_cursor;
create policy "Darkroom keeps its place in the log"
  on public.generation_webhook_cursor for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this. The row is never deleted.
revoke all on table public.generation_webhook_cursor from public, anon, authenticated, service_role, darkroom_app;
grant select, update on table public.generation_webhook_cursor to darkroom_app;

-- One row for each owner and URL without its query.
create table if not exists public.generation_webhook_endpoints (
  endpoint_id uuid primary key default gen_random_uuid(),
  user_id text not null,
  address text not null,
  -- Stands for the owner and the server: so many deliveries at a time go there.
  lane uuid not null,
  -- Its last try failed or was slow.
  troubled boolean not null default false,
  -- The first failure since the last success.
  failing_since timestamptz,
  -- It asked for no requests until then (Retry-After).
  wait_until timestamptz not null default '-infinity',
  disabled_at timestamptz,
  disabled_reason text,
  created_at timestamptz not null default now(),
  -- The last event for it.
  used_at timestamptz not null default now(),
  constraint generation_webhook_endpoints_address unique (user_id, address),
  constraint generation_webhook_endpoints_disabled check ((disabled_at is null) = (disabled_reason is null))
) with (fillfactor = 70);

create index if not exists idx_generation_webhook_endpoints_troubled
  on public.generation_webhook_endpoints (lane) where troubled;
create index if not exists idx_generation_webhook_endpoints_disabled
  on public.generation_webhook_endpoints (disabled_at) where disabled_at is not null;
create index if not exists idx_generation_webhook_endpoints_used_at
  on public.generation_webhook_endpoints (used_at);

alter table public.generation_webhook_endpoints enable row level security;

drop policy if exists "Darkroom keeps the endpoints" on public.generation_webhook_endpoints;
create policy "Darkroom keeps the endpoints"
  on public.generation_webhook_endpoints for all to darkroom_app using (true) with check (true);

revoke all on table public.generation_webhook_endpoints from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_webhook_endpoints to darkroom_app;

create table if not exists public.generation_webhook_deliveries (
  -- The step's id in the log, so that an event has one delivery; the webhook-id of every try.
  delivery_id uuid primary key,
  -- No foreign keys: a delivery may outlive its job, and one statement writes it with its endpoint.
  request_id uuid not null,
  user_id text not null,
  endpoint_id uuid not null,
  lane uuid not null,
  url text not null,
  event text not null check (event in ('started', 'processing', 'completed', 'failed')),
  -- Exactly what is sent.
  body text not null,
  occurred_at timestamptz not null,
  -- waiting: to be sent, or being sent. failed: given up. skipped: its endpoint is disabled.
  state text not null check (state in ('waiting', 'delivered', 'failed', 'skipped')),
  -- Begun; the latest is the fence for what is reported of it.
  tries integer not null default 0 check (tries >= 0),
  -- Since it was collected or redelivered.
  failures integer not null default 0 check (failures >= 0),
  due_at timestamptz not null default now(),
  give_up_at timestamptz not null,
  -- A gateway sends it until then; afterwards another one may.
  sending_until timestamptz,
  last_try_at timestamptz,
  last_status integer,
  last_reply text,
  last_error text,
  -- The latest tries, the oldest first: number, at, and once they are over status, error, millis.
  try_log jsonb not null default '[]',
  delivered_at timestamptz
  -- Vacuumed by what has died: the indexes of those that wait are read from their left edge.
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create index if not exists idx_generation_webhook_deliveries_request_id
  on public.generation_webhook_deliveries (request_id);
create index if not exists idx_generation_webhook_deliveries_user_id
  on public.generation_webhook_deliveries (user_id, occurred_at);
-- The next of each lane; the next of all; those under way in a lane.
create index if not exists idx_generation_webhook_deliveries_lane
  on public.generation_webhook_deliveries (lane, due_at) where state = 'waiting';
create index if not exists idx_generation_webhook_deliveries_due
  on public.generation_webhook_deliveries (due_at) where state = 'waiting';
create index if not exists idx_generation_webhook_deliveries_sending
  on public.generation_webhook_deliveries (lane) where state = 'waiting' and sending_until is not null;

alter table public.generation_webhook_deliveries
  alter body set statistics 0,
  alter last_reply set statistics 0,
  alter last_error set statistics 0,
  alter try_log set statistics 0;

alter table public.generation_webhook_deliveries enable row level security;

drop policy if exists "Darkroom keeps the deliveries" on public.generation_webhook_deliveries;
create policy "Darkroom keeps the deliveries"
  on public.generation_webhook_deliveries for all to darkroom_app using (true) with check (true);

revoke all on table public.generation_webhook_deliveries from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_webhook_deliveries to darkroom_app;

-- What an owner's deliveries are signed with: one secret, and for a while those before it.
create table if not exists public.generation_webhook_secrets (
  secret_id bigint generated always as identity primary key,
  user_id text not null,
  secret text not null,
  created_at timestamptz not null default now(),
  -- Of those before: it signs until then.
  expires_at timestamptz
);

create unique index if not exists idx_generation_webhook_secrets_current
  on public.generation_webhook_secrets (user_id) where expires_at is null;
create index if not exists idx_generation_webhook_secrets_user_id
  on public.generation_webhook_secrets (user_id);
create index if not exists idx_generation_webhook_secrets_expires_at
  on public.generation_webhook_secrets (expires_at) where expires_at is not null;

alter table public.generation_webhook_secrets enable row level security;

drop policy if exists "Darkroom keeps the secrets" on public.generation_webhook_secrets;
create policy "Darkroom keeps the secrets"
  on public.generation_webhook_secrets for all to darkroom_app using (true) with check (true);

revoke all on table public.generation_webhook_secrets from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update, delete on table public.generation_webhook_secrets to darkroom_app;
