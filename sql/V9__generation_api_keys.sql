-- generation_api_keys: who may use the gateway with a key of ours (dk_<id>_<secret>), what for, and until when.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_api_keys (
  -- The part of the key that may be known.
  key_id text primary key check (key_id ~ '^[0-9A-Za-z]{12}$'),
  -- SHA-256 of the rest, of which nothing else is kept. It has 256 random bits, so nobody can guess it from its hash.
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  -- Whose jobs the key submits and sees.
  owner text not null check (char_length(owner) between 1 and 128),
  scopes text[] not null,
  -- What the key changes about the limits of requests; null leaves the default.
  requests_per_second integer check (requests_per_second > 0),
  open_jobs integer check (open_jobs > 0),
  jobs_per_day integer check (jobs_per_day > 0),
  weight integer check (weight between 1 and 100),
  created_at timestamptz not null default now(),
  -- The operator's name in the audit, or that of the command.
  created_by text not null,
  -- Null for never.
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  -- To the minute. Null where it was never used.
  last_used_at timestamptz,
  constraint generation_api_keys_scopes
    check (cardinality(scopes) > 0 and scopes <@ array['generate', 'read', 'operate']),
  constraint generation_api_keys_revoked check ((revoked_at is null) = (revoked_by is null))
);

-- Keys as a list: the newest of all, and of one owner.
create index if not exists idx_generation_api_keys_created_at on public.generation_api_keys (created_at, key_id);
create index if not exists idx_generation_api_keys_owner on public.generation_api_keys (owner, created_at, key_id);

alter table public.generation_api_keys enable row level security;

drop policy if exists "Darkroom keeps the API keys" on public.generation_api_keys;
create policy "Darkroom keeps the API keys"
  on public.generation_api_keys for all to darkroom_app using (true) with check (true);

-- Supabase's default privileges may have granted more than this. A key is revoked, never deleted but by an erasure (V12).
revoke all on table public.generation_api_keys from public, anon, authenticated, service_role, darkroom_app;
grant select, insert on table public.generation_api_keys to darkroom_app;
grant update (revoked_at, revoked_by, last_used_at) on table public.generation_api_keys to darkroom_app;
