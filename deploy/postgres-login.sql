-- Run once, when the compose file's PostgreSQL is new: the login of gateway and worker, which has no more rights than the
-- role darkroom_app that the migrations grant to. Migrations themselves run as the owner.
create role darkroom_app nologin;
create role darkroom login password 'darkroom' in role darkroom_app;
