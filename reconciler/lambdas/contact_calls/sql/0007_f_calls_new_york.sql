-- f_calls as the program that this one replaces wrote it: its 31 columns in their order, its times as wall clocks of New
-- York in whole seconds. Late binding: a view without it would forbid changes of f_calls.
create or replace view connect.f_calls_new_york as
select
    init_contact_id,
    prev_contact_id,
    contact_id,
    next_contact_id,
    channel,
    init_method,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', init_time)) as init_time,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', disconn_time)) as disconn_time,
    disconn_reason,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', last_update_time)) as last_update_time,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', agent_conn)) as agent_conn,
    agent_id,
    agent_username,
    agent_conn_att,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', agent_afw_start)) as agent_afw_start,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', agent_afw_end)) as agent_afw_end,
    agent_afw_duration,
    agent_interact_duration,
    agent_holds,
    agent_longest_hold,
    queue_id,
    queue_name,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', in_queue_time)) as in_queue_time,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', out_queue_time)) as out_queue_time,
    queue_duration,
    customer_voice,
    customer_hold_duration,
    contact_duration,
    sys_phone,
    date_trunc('second', convert_timezone('UTC', 'America/New_York', conn_to_sys)) as conn_to_sys,
    customer_phone
from connect.f_calls
with no schema binding;
