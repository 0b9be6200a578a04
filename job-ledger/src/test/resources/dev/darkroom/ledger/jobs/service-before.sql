-- What the service that Darkroom replaces asked its users to run, with rows as it wrote them.
create table public.generation_logs (
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
create index idx_generation_logs_request_id on public.generation_logs (request_id);
create index idx_generation_logs_user_id on public.generation_logs (user_id);
create index idx_generation_logs_status on public.generation_logs (status);
create index idx_generation_logs_created_at on public.generation_logs (created_at);

alter table public.generation_logs enable row level security;
create policy "Allow all operations for authenticated users"
  on public.generation_logs for all to authenticated using (true);
create policy "Allow read-only access for anonymous users"
  on public.generation_logs for select to anon using (true);

-- Supabase's default privileges, as they were for years.
grant all on table public.generation_logs to anon, authenticated, service_role;

insert into public.generation_logs (request_id, user_id, prompt, status, step, details, image_url) values
  ('5d4e4f9c-92a5-4b1b-8b53-3e1f7d1b0001', 'ada', 'a lighthouse', 'started', 'request_received', null, null),
  ('5d4e4f9c-92a5-4b1b-8b53-3e1f7d1b0001', 'ada', 'a lighthouse', 'processing', 'calling_nebius_api',
   '{"imageSize": "original"}', null),
  ('5d4e4f9c-92a5-4b1b-8b53-3e1f7d1b0001', 'ada', 'a lighthouse', 'completed', 'image_generated', '{}',
   '/generated/5d4e4f9c-92a5-4b1b-8b53-3e1f7d1b0001.webp');
