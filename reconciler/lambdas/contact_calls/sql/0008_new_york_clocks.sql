-- A wall clock of New York as UTC. Of an hour that occurs twice this is the first one; a time that the clocks leap over is
-- what the database makes of it (an hour later).
create or replace function connect.utc_of_new_york(timestamp)
returns timestamp stable as $$
    select case
        when convert_timezone(
            'UTC', 'America/New_York', convert_timezone('America/New_York', 'UTC', $1) - interval '1 hour'
        ) = $1
            then convert_timezone('America/New_York', 'UTC', $1) - interval '1 hour'
        else convert_timezone('America/New_York', 'UTC', $1)
    end
$$ language sql;

-- The same for a time that is not before another, which is UTC: of an hour that occurs twice the second one, if need be.
create or replace function connect.utc_of_new_york(timestamp, timestamp)
returns timestamp stable as $$
    select case
        when connect.utc_of_new_york($1) < $2
        and convert_timezone('UTC', 'America/New_York', connect.utc_of_new_york($1) + interval '1 hour') = $1
            then connect.utc_of_new_york($1) + interval '1 hour'
        else connect.utc_of_new_york($1)
    end
$$ language sql;
