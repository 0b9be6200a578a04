-- For how long, and who did what. generation_audit: what operators did, append-only. generation_retention: who deletes old
-- jobs at the moment. generation_erasures: users and owners that are removed everywhere. The application may delete neither
-- jobs nor steps, nor change a step; two functions of the tables' owner do that for it, and nothing else: see
-- docs/decisions/0067-delete-by-a-function-of-the-owner.md.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  -- key:<id>, user:<sub>, command:<login>; anybody where access is open.
  actor text not null,
  action text not null,
  -- job:<id>, user:<id>, operation:<id>, …; all where it is about everything.
  target text not null,
  -- Whose it is; empty where access is open, or where it is nobody's.
  owner text not null default '',
  address inet,
  -- The X-Request-Id of the reply.
  trace text,
  details jsonb
);

-- The latest of all, of an actor, of an action, about a target.
create index if not exists idx_generation_audit_at on public.generation_audit (at, seq);
create index if not exists idx_generation_audit_actor on public.generation_audit (actor, at, seq);
create index if not exists idx_generation_audit_action on public.generation_audit (action, at, seq);
create index if not exists idx_generation_audit_target on public.generation_audit (target, at, seq);
-- Those of an owner, for their erasure.
create index if not exists idx_generation_audit_owner on public.generation_audit (owner) where owner <> '';

alter table public.generation_audit alter details set statistics 0;

alter table public.generation_audit enable row level security;

drop policy if exists "Darkroom reads the audit" on public.generation_audit;
create policy "Darkroom reads the audit"
  on public.generation_audit for select to darkroom_app using (true);

drop policy if exists "Darkroom appends to the audit" on public.generation_audit;
create policy "Darkroom appends to the audit"
  on public.generation_audit for insert to darkroom_app with check (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_audit from public, anon, authenticated, service_role, darkroom_app;
revoke all on sequence public.generation_audit_seq_seq from public, anon, authenticated, service_role, darkroom_app;
grant select, insert on table public.generation_audit to darkroom_app;

-- A single row: one gateway at a time deletes old jobs.
create table if not exists public.generation_retention (
  only_row boolean primary key default true check (only_row),
  holder uuid,
  -- Another gateway may take over then.
  reserved_until timestamptz not null default '-infinity'
) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
insert into public.generation_retention default values on conflict do nothing;

alter table public.generation_retention enable row level security;

drop policy if exists "Darkroom reserves the retention" on public.generation_retention;
create policy "Darkroom reserves the retention"
  on public.generation_retention for all to darkroom_app using (true) with check (true);

-- The row is never deleted.
revoke all on table public.generation_retention from public, anon, authenticated, service_role, darkroom_app;
grant select, update on table public.generation_retention to darkroom_app;

-- Deletes ended jobs with their steps, deliveries and idempotency keys, a thousand rows per statement: those of `jobs` that
-- ended before `age`, whose completion event is on Kafka, and of which no delivery waits. A job goes when all that belongs
-- to it is gone, so a call may do only a part; it is repeated until `removed` is 0. Those that another call is about to
-- delete are left to it.
--
-- Whatever it is called with, no job younger than 25 hours goes: Kafka may still have a copy of its record, by which the job
-- would be accepted, and its picture bought, again.
create or replace function public.generation_delete_ended(
  jobs uuid[], age interval, out deleted integer, out removed integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  ended uuid[];
  part integer;
begin
  if age is null or age < interval '25 hours' then
    raise exception 'a job is kept for 25 hours after its end at least' using errcode = 'invalid_parameter_value';
  end if;
  deleted := 0;
  ended := array(
    select job.request_id from public.generation_jobs as job
    where job.request_id = any (jobs)
      and job.finished_at < now() - age
      and not exists (
        select from public.generation_queue as queued where queued.request_id = job.request_id)
      and not exists (
        select from public.generation_webhook_deliveries as delivery
        where delivery.request_id = job.request_id and delivery.state = 'waiting')
      and (job.webhook is null or not exists ( -- else its events may not be collected yet
        select from public.generation_logs as step, public.generation_webhook_cursor as place
        where step.request_id = job.request_id and (step.seq > place.seq or step.seq = any (place.missing))))
    order by job.request_id limit 1000
    for update of job skip locked);
  delete from public.generation_logs as step
  where step.id = any (array(
    select each.id from public.generation_logs as each where each.request_id = any (ended) limit 1000));
  get diagnostics removed = row_count;
  if removed = 1000 then
    return; -- there may be more steps
  end if;
  delete from public.generation_webhook_deliveries as delivery
  where delivery.delivery_id = any (array(
    select each.delivery_id from public.generation_webhook_deliveries as each
    where each.request_id = any (ended) limit 1000))
    and delivery.state <> 'waiting'; -- one that is sent again meanwhile goes when it is old
  get diagnostics part = row_count;
  removed := removed + part;
  if part = 1000 then
    return;
  end if;
  -- one statement writes key and job, with one time; there is no index of the keys' jobs
  delete from public.generation_idempotency_keys as known
  using public.generation_jobs as job
  where job.request_id = any (ended) and known.created_at = job.created_at and known.request_id = job.request_id;
  get diagnostics part = row_count;
  removed := removed + part;
  delete from public.generation_jobs as job where job.request_id = any (ended);
  get diagnostics deleted = row_count;
  removed := removed + deleted;
end
$$;

-- One row for each user or owner that is removed. Gateways carry it out in slices; whatever is left still has the name, so
-- another gateway goes on where one was killed.
create table if not exists public.generation_erasures (
  -- A UUIDv7: jobs that are accepted later are not part of it.
  erasure_id uuid primary key,
  -- Whose; null for a user of any owner.
  owner text,
  -- Null for all users of the owner. Replaced by the name that stands in the rows when it has completed.
  user_id text,
  -- What those names are made with. It goes with the end, so that nobody can find out afterwards whose they were.
  secret bytea default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  reason text not null,
  status text not null default 'running' check (status in ('running', 'completed')),
  -- What was done so far: open jobs that were cancelled, jobs, steps, pictures, webhook deliveries and idempotency keys.
  cancelled bigint not null default 0,
  jobs bigint not null default 0,
  steps bigint not null default 0,
  pictures bigint not null default 0,
  deliveries bigint not null default 0,
  keys bigint not null default 0,
  -- The gateway that carries it out has until then; afterwards another one goes on.
  reserved_until timestamptz not null default now(),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint generation_erasures_whom check (num_nonnulls(owner, user_id) > 0),
  constraint generation_erasures_end check (
    (status = 'completed') = (finished_at is not null) and (status = 'completed') = (secret is null))
);

create index if not exists idx_generation_erasures_running on public.generation_erasures (reserved_until)
  where status = 'running';

alter table public.generation_erasures enable row level security;

drop policy if exists "Darkroom keeps the erasures" on public.generation_erasures;
create policy "Darkroom keeps the erasures"
  on public.generation_erasures for all to darkroom_app using (true) with check (true);

revoke all on table public.generation_erasures from public, anon, authenticated, service_role, darkroom_app;
grant select, insert, update on table public.generation_erasures to darkroom_app;

-- Takes the content out of ended jobs of a running erasure, a thousand rows per statement: prompts, styles, LoRAs, whatever the
-- provider said, webhooks, keys and names. What a bill needs stays: when, which model, size and seed, how many calls, how many
-- bytes. A job comes last, so a call may do only a part; it is repeated until nothing has the name any more. Their pictures
-- have to be deleted before.
--
-- Without jobs it takes the content out of steps that have none, and the name out of the audit; then the keys of an owner go,
-- and what was counted for them.
create or replace function public.generation_erase(
  erasure uuid, jobs uuid[], out erased integer, out pictures integer, out steps integer,
  out deliveries integer, out keys integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  -- The only parts of requests, calls and details that stay.
  kept constant text[] := array['model', 'width', 'height', 'seed', 'diffusionStrength', 'styleIntensity',
    'num_inference_steps', 'guidance_scale', 'response_extension', 'response_format',
    'attempt', 'worker', 'code', 'counts', 'billed', 'called', 'callMillis', 'savingMillis', 'jobMillis', 'source',
    'contentType', 'bytes', 'sha256', 'dueAt', 'deadline', 'acceptedAt'];
  -- Why a call failed may quote the prompt; readers want a sentence.
  replaced constant jsonb := '{"reason": "[erased]"}';
  whom public.generation_erasures;
  -- As the audit and the counts of a day call an owner.
  actors text[];
  ended uuid[];
  wanted uuid[];
begin
  select * into whom from public.generation_erasures as known
  where known.erasure_id = erasure and known.status = 'running';
  if not found then
    raise exception 'no such erasure is running' using errcode = 'invalid_parameter_value';
  end if;
  erased := 0;
  pictures := 0;
  deliveries := 0;
  keys := 0;
  ended := array(
    select job.request_id from public.generation_jobs as job
    where job.request_id = any (jobs) and job.request_id < erasure and job.finished_at is not null
      and (whom.owner is null or job.owner = whom.owner) and (whom.user_id is null or job.user_id = whom.user_id)
    order by job.request_id limit 1000
    for update of job skip locked);
  wanted := case when cardinality(jobs) > 0
    then array(
      select each.id from public.generation_logs as each
      where each.request_id = any (ended) and (each.prompt <> '[erased]' or each.user_id not like 'erased:%')
      limit 1000)
    else array(
      select each.id from public.generation_logs as each
      where (whom.owner is null or each.owner = whom.owner) and (whom.user_id is null or each.user_id = whom.user_id)
        and each.created_at < whom.created_at
        and not exists (select from public.generation_jobs as job where job.request_id = each.request_id)
      limit 1000)
    end;
  update public.generation_logs as step
  set user_id = 'erased:' || left(encode(sha256(whom.secret || convert_to(step.user_id, 'UTF8')), 'hex'), 16),
    owner = case when whom.user_id is not null then step.owner
      else 'erased:' || left(encode(sha256(whom.secret || convert_to(step.owner, 'UTF8')), 'hex'), 16) end,
    prompt = '[erased]',
    image_url = null,
    details = case when jsonb_typeof(step.details) = 'object' then (
      select coalesce(jsonb_object_agg(part.key, case
          when part.key <> 'parameters' then coalesce(replaced -> part.key, part.value)
          when jsonb_typeof(part.value) = 'object' then (
            select coalesce(jsonb_object_agg(parameter.key, parameter.value), '{}')
            from jsonb_each(part.value) as parameter where parameter.key = any (kept))
          else '{}' end), '{}')
      from jsonb_each(step.details) as part
      where part.key = any (kept || array['parameters', 'reason'])) end
  where step.id = any (wanted);
  get diagnostics steps = row_count;
  if steps = 1000 then
    return; -- there may be more
  end if;
  if cardinality(jobs) = 0 then
    actors := array(
      select 'user:' || whom.owner where whom.user_id is null
      union all
      select 'key:' || key.key_id from public.generation_api_keys as key
      where whom.user_id is null and key.owner = whom.owner and key.created_at < whom.created_at);
    update public.generation_audit as entry
    set target = case when entry.target = 'user:' || whom.user_id
        then 'user:erased:' || left(encode(sha256(whom.secret || convert_to(whom.user_id, 'UTF8')), 'hex'), 16)
        else entry.target end,
      owner = case when whom.user_id is null and entry.owner = whom.owner
        then 'erased:' || left(encode(sha256(whom.secret || convert_to(entry.owner, 'UTF8')), 'hex'), 16)
        else entry.owner end,
      actor = case when whom.user_id is null and entry.actor = 'user:' || whom.owner
        then 'user:erased:' || left(encode(sha256(whom.secret || convert_to(whom.owner, 'UTF8')), 'hex'), 16)
        else entry.actor end,
      address = case when entry.actor = any (actors) then null else entry.address end
    where entry.seq = any (array(
      select each.seq from public.generation_audit as each
      where each.target = 'user:' || whom.user_id and (whom.owner is null or each.owner = whom.owner)
      union
      select each.seq from public.generation_audit as each where whom.user_id is null and each.owner = whom.owner
      union
      select each.seq from public.generation_audit as each
      where each.actor = any (actors) and (each.address is not null or each.actor = 'user:' || whom.owner)
      limit 1000));
    get diagnostics erased = row_count;
    if erased = 0 and whom.user_id is null then
      delete from public.generation_daily_jobs as counted where counted.name = any (actors);
      delete from public.generation_api_keys as key where key.owner = whom.owner and key.created_at < whom.created_at;
    end if;
    return;
  end if;
  delete from public.generation_webhook_deliveries as delivery
  where delivery.delivery_id = any (array(
    select each.delivery_id from public.generation_webhook_deliveries as each
    where each.request_id = any (ended) limit 1000));
  get diagnostics deliveries = row_count;
  if deliveries = 1000 then
    return;
  end if;
  delete from public.generation_idempotency_keys as known
  using public.generation_jobs as job
  where job.request_id = any (ended) and known.created_at = job.created_at and known.request_id = job.request_id;
  get diagnostics keys = row_count;
  update public.generation_queue as queued -- the completion event is not on Kafka yet
  set user_id = 'erased:' || left(encode(sha256(whom.secret || convert_to(queued.user_id, 'UTF8')), 'hex'), 16),
    owner = case when whom.user_id is not null then queued.owner
      else 'erased:' || left(encode(sha256(whom.secret || convert_to(queued.owner, 'UTF8')), 'hex'), 16) end,
    error_message = case when queued.error_message is not null then '[erased]' end
  where queued.request_id = any (ended);
  with changed as (
    update public.generation_jobs as job
    set user_id = 'erased:' || left(encode(sha256(whom.secret || convert_to(job.user_id, 'UTF8')), 'hex'), 16),
      owner = case when whom.user_id is not null then job.owner
        else 'erased:' || left(encode(sha256(whom.secret || convert_to(job.owner, 'UTF8')), 'hex'), 16) end,
      request = (
        select coalesce(jsonb_object_agg(part.key, part.value), '{}')
        from jsonb_each(job.request) as part where part.key = any (kept)) || '{"prompt": "[erased]"}',
      call = jsonb_build_object('parameters', case when jsonb_typeof(job.call -> 'parameters') = 'object' then (
        select coalesce(jsonb_object_agg(part.key, part.value), '{}')
        from jsonb_each(job.call -> 'parameters') as part where part.key = any (kept)) else '{}' end),
      error_message = case when job.error_message is not null then '[erased]' end,
      image_removed_at = case when job.image_url is not null then coalesce(job.image_removed_at, now()) end,
      traceparent = null,
      webhook = null
    where job.request_id = any (ended)
    returning job.image_url)
  select count(*), count(image_url) into erased, pictures from changed;
end
$$;

-- A function runs with the rights of its owner: that of the tables, whoever has run this file. Whoever may call it is told by
-- name; Supabase's default privileges may have granted more.
do $$
declare
  tables_owner name := (select tableowner from pg_catalog.pg_tables
    where schemaname = 'public' and tablename = 'generation_jobs');
  each regprocedure;
begin
  foreach each in array array[
    'public.generation_delete_ended(uuid[], interval)'::regprocedure,
    'public.generation_erase(uuid, uuid[])'::regprocedure]
  loop
    if tables_owner <> current_user then
      execute format('alter function %s owner to %I', each, tables_owner);
    end if;
    execute format('revoke all on function %s from public, anon, authenticated, service_role, darkroom_app', each);
    execute format('grant execute on function %s to darkroom_app', each);
  end loop;
end
$$;
