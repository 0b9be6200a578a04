-- The owner of everything: who a job, its steps, its keys, webhooks and bulk changes belong to. An owner is whom access tells
-- apart (a `sub` of Supabase, or the owner of an API key); `user_id` is a label inside it. Empty where access is open: then
-- nobody is told apart, and all is as if there were no owners. See docs/decisions/0060-let-owners-see-only-their-own.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times. Columns with a
-- constant default rewrite no table. Writers wait while an index of a large table is built; by hand, `create index
-- concurrently` with the same name may go before.

-- Made once, on the first run, which is the one that adds the column: a policy that an operator drops later stays dropped.
-- `sub` is what auth.uid() reads; plain PostgreSQL has no such function. Each part is a subquery, so that it is evaluated
-- once and not for each row. Steps without an owner are nobody's, whoever has signed in.
do $$
begin
  if not exists (select from pg_catalog.pg_attribute
      where attrelid = 'public.generation_logs'::regclass and attname = 'owner' and not attisdropped) then
    alter table public.generation_logs add column owner text not null default '';

    drop policy if exists "Allow read-only access for authenticated users" on public.generation_logs;
    drop policy if exists "Allow read-only access for anonymous users" on public.generation_logs;
    drop policy if exists "Owners read their own steps" on public.generation_logs;
    create policy "Owners read their own steps"
      on public.generation_logs for select to authenticated
      using (owner <> '' and owner = (
        select nullif((select current_setting('request.jwt.claims', true)), '')::jsonb ->> 'sub'));
  end if;
end
$$;

alter table public.generation_jobs add column if not exists owner text not null default '';
alter table public.generation_queue add column if not exists owner text not null default '';
alter table public.generation_idempotency_keys add column if not exists owner text not null default '';
alter table public.generation_webhook_endpoints add column if not exists owner text not null default '';
alter table public.generation_webhook_deliveries add column if not exists owner text not null default '';
alter table public.generation_webhook_secrets add column if not exists owner text not null default '';
-- Whose jobs the change is of; of everybody's where empty.
alter table public.generation_operations add column if not exists owner text not null default '';

-- Two owners may use one key, or one URL. The names stay, so that earlier files find these when they run again.
do $$
declare
  narrow record;
begin
  if (select cardinality(conkey) from pg_catalog.pg_constraint
      where conrelid = 'public.generation_idempotency_keys'::regclass and contype = 'p') = 1 then
    alter table public.generation_idempotency_keys
      drop constraint generation_idempotency_keys_pkey,
      add constraint generation_idempotency_keys_pkey primary key (owner, key);
  end if;
  if (select cardinality(conkey) from pg_catalog.pg_constraint
      where conrelid = 'public.generation_webhook_endpoints'::regclass
        and conname = 'generation_webhook_endpoints_address') = 2 then
    alter table public.generation_webhook_endpoints
      drop constraint generation_webhook_endpoints_address,
      add constraint generation_webhook_endpoints_address unique (owner, user_id, address);
  end if;
  for narrow in
    select indexname from pg_catalog.pg_indexes
    where schemaname = 'public' and indexdef not like '%owner%' and indexname in (
      'idx_generation_queue_line', 'idx_generation_webhook_deliveries_user_id',
      'idx_generation_webhook_secrets_current', 'idx_generation_webhook_secrets_user_id')
  loop
    execute format('drop index public.%I', narrow.indexname);
  end loop;
end
$$;

-- Where a line ends: an owner has one, and where nobody is told apart, a user.
create index if not exists idx_generation_queue_line
  on public.generation_queue ((case when owner = '' then user_id else owner end), turn)
  where state = 'in_line';
create index if not exists idx_generation_webhook_deliveries_user_id
  on public.generation_webhook_deliveries (owner, user_id, occurred_at);
create unique index if not exists idx_generation_webhook_secrets_current
  on public.generation_webhook_secrets (owner, user_id) where expires_at is null;
create index if not exists idx_generation_webhook_secrets_user_id
  on public.generation_webhook_secrets (owner, user_id);

-- A key stands for one change of many jobs of its owner, for as long as that is known. Without a key there is no limit.
create unique index if not exists idx_generation_operations_key
  on public.generation_operations (owner, idempotency_key);

-- What an owner asks: the newest of their jobs, or of those with a label; the newest of their steps; the ends of their jobs
-- in order. Where access is open these indexes are empty, and cost nothing.
create index if not exists idx_generation_jobs_owner on public.generation_jobs (owner, request_id)
  where owner <> '';
create index if not exists idx_generation_jobs_owner_user_id
  on public.generation_jobs (owner, user_id, request_id) where owner <> '';
create index if not exists idx_generation_logs_owner on public.generation_logs (owner, created_at)
  where owner <> '';
create index if not exists idx_generation_logs_owner_ends on public.generation_logs (owner, seq)
  where owner <> '' and status in ('completed', 'failed');

-- Supabase's default privileges give sequences away, too. Rows draw their numbers without a right to them.
revoke all on sequence public.generation_logs_seq_seq, public.generation_webhook_secrets_secret_id_seq
  from public, anon, authenticated, service_role, darkroom_app;
