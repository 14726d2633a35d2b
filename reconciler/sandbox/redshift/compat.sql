-- What Redshift's SQL and its driver touch and PostgreSQL lacks.
create function pg_catalog.getdate() returns timestamp language sql stable as 'select clock_timestamp()::timestamp';
create function pg_catalog.nvl(anyelement, anyelement) returns anyelement language sql immutable as 'select coalesce($1, $2)';
create function pg_catalog.len(text) returns int language sql immutable as 'select length($1)';
create function pg_catalog.convert_timezone(text, text, timestamp) returns timestamp language sql immutable as 'select $3 at time zone $1 at time zone $2';
-- Every user may create tables in the schema public.
grant create on schema public to public;
