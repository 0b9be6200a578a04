-- One thing that each lint of DatabaseAdvisorIT finds.
create schema auth;
create table auth.users (id uuid primary key);
create view public.exposed_users as select * from auth.users;

create table public.no_key (x int, request_id uuid references public.generation_jobs (request_id));
create policy "Nothing is enabled" on public.no_key for update to authenticated using (true);
create policy "Everybody" on public.no_key for update to authenticated using (current_setting('x', true) = 'y');

create table public.no_policy (x int primary key);
create index one on public.no_policy (x);
create index two on public.no_policy (x);
alter table public.no_policy enable row level security;

create table public.tagged (x text primary key);
alter table public.tagged enable row level security;
create policy "Tag" on public.tagged for select to authenticated
  using (x = (select current_setting('request.jwt.claims', true)::jsonb -> 'user_metadata' ->> 'x'));

create materialized view public.kept as select 1 as x;
grant select on public.kept to anon;

create function public.as_its_owner() returns int language sql security definer as 'select 1';
grant execute on function public.as_its_owner() to anon;

create extension hstore schema public;
