-- Merges the rows of staging that name no load, of writers that cannot: COPY of a stream, or the program that this one
-- replaces, whose last statement this is. The caller commits.
--
-- A row that names its source is as the columns say: times are UTC. A row without one is of the replaced program. Its times
-- are wall clocks of New York. Its collector never fills five columns and fills three with something else, which become
-- null; a row that has one of the five is a contact record of its stream.
create or replace procedure connect.insert_new_f_calls()
as $$
declare
    v_load_id varchar(64);
    v_rows integer;
    v_begin timestamp;
    v_end timestamp;
begin
    lock connect.load_lock;
    v_load_id := 'waiting-' || md5(random()::varchar || getdate()::varchar);
    update connect.f_calls_staging
    set load_id = v_load_id, ingested_at = coalesce(ingested_at, getdate())
    where load_id is null;

    update connect.f_calls_staging
    set source = case
            when coalesce(next_contact_id, disconn_reason, agent_username, queue_name, sys_phone) is null
                then 'COLLECTOR'
            else 'STREAM'
        end,
        agent_holds = case
            when coalesce(next_contact_id, disconn_reason, agent_username, queue_name, sys_phone) is not null
                then agent_holds
        end,
        queue_duration = case
            when coalesce(next_contact_id, disconn_reason, agent_username, queue_name, sys_phone) is not null
                then queue_duration
        end,
        customer_hold_duration = case
            when coalesce(next_contact_id, disconn_reason, agent_username, queue_name, sys_phone) is not null
                then customer_hold_duration
        end,
        time_zone = 'America/New_York',
        init_time_local = init_time,
        disconn_time_local = disconn_time,
        init_time = connect.utc_of_new_york(init_time),
        disconn_time = connect.utc_of_new_york(disconn_time, connect.utc_of_new_york(init_time)),
        last_update_time = connect.utc_of_new_york(last_update_time, connect.utc_of_new_york(init_time)),
        agent_conn = connect.utc_of_new_york(agent_conn, connect.utc_of_new_york(init_time)),
        agent_afw_start = connect.utc_of_new_york(agent_afw_start, connect.utc_of_new_york(init_time)),
        agent_afw_end = connect.utc_of_new_york(agent_afw_end, connect.utc_of_new_york(init_time)),
        in_queue_time = connect.utc_of_new_york(in_queue_time, connect.utc_of_new_york(init_time)),
        out_queue_time = connect.utc_of_new_york(out_queue_time, connect.utc_of_new_york(init_time)),
        conn_to_sys = connect.utc_of_new_york(conn_to_sys, connect.utc_of_new_york(init_time))
    where load_id = v_load_id and source is null;

    select count(*), min(disconn_time), max(disconn_time) into v_rows, v_begin, v_end
    from connect.f_calls_staging where load_id = v_load_id;
    if v_rows > 0 then
        v_begin := coalesce(v_begin, getdate());
        v_end := coalesce(v_end, getdate());
        call connect.insert_new_f_calls(v_load_id, v_begin, v_end, v_rows, v_rows, v_rows);
    end if;
end;
$$ language plpgsql;
