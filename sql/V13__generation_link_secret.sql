-- generation_link_secret: signs the links of pictures and streams where access is required and operators have set no secret of
-- their own (darkroom.access.link-secret). Made here, so that all gateways have the same one.
--
-- Runs on plain PostgreSQL 15+ and on Supabase, by Flyway or by hand in the SQL editor, any number of times.

create table if not exists public.generation_link_secret (
  only_row boolean primary key default true check (only_row),
  -- 244 random bits.
  value text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
    check (char_length(value) >= 32)
);
insert into public.generation_link_secret default values on conflict do nothing;

alter table public.generation_link_secret enable row level security;

drop policy if exists "Darkroom reads the secret of links" on public.generation_link_secret;
create policy "Darkroom reads the secret of links"
  on public.generation_link_secret for select to darkroom_app using (true);

-- Supabase's default privileges may have granted more than this.
revoke all on table public.generation_link_secret from public, anon, authenticated, service_role, darkroom_app;
grant select on table public.generation_link_secret to darkroom_app;
