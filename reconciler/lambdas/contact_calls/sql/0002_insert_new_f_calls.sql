-- Staging → facts: type 1 by contact_id, in the caller's transaction. A load that was merged before changes nothing.
--
-- A version of a contact is as new as its last_update_time. A newer one wins; of two as new the one of the better source
-- does. A better source also wins over a newer version: a contact record of the stream (STREAM) is better than the answer
-- of the API (API), and that is better than a row of the replaced program (COLLECTOR). A null does not erase a value.
create or replace procedure connect.insert_new_f_calls(
    p_load_id varchar(64), p_window_start timestamp, p_window_end timestamp,
    p_seen integer, p_found integer, p_described integer
)
as $$
declare
    v_known integer;
    v_staged integer;
    v_contacts integer;
    v_updated integer;
    v_written integer;
    v_late integer;
    v_twice integer;
    v_at timestamp;
begin
    select count(*) into v_known from connect.f_calls_loads where load_id = p_load_id;
    if v_known > 0 then
        delete from connect.f_calls_staging where load_id = p_load_id;
        return;
    end if;
    select count(*), count(distinct contact_id), max(ingested_at) into v_staged, v_contacts, v_at
    from connect.f_calls_staging where load_id = p_load_id;

    -- The contacts that follow those of this load, the earliest first.
    drop table if exists followers;
    create temp table followers as
    select
        prev_contact_id, contact_id,
        row_number() over (partition by prev_contact_id order by began, contact_id) as place
    from (
        select prev_contact_id, contact_id, min(init_time) as began
        from connect.f_calls
        where prev_contact_id in (select contact_id from connect.f_calls_staging where load_id = p_load_id)
        group by prev_contact_id, contact_id
    ) known;

    drop table if exists newest_calls;
    create temp table newest_calls as
    select
        coalesce(s.init_contact_id, t.init_contact_id) as init_contact_id,
        coalesce(s.prev_contact_id, t.prev_contact_id) as prev_contact_id,
        s.contact_id,
        -- A follower that is loaded is one of several: the earliest counts, whichever was loaded or named first.
        case when named.contact_id is not null then earliest.contact_id
            else coalesce(s.next_contact_id, t.next_contact_id) end as next_contact_id,
        coalesce(s.channel, t.channel) as channel,
        coalesce(s.init_method, t.init_method) as init_method,
        coalesce(s.init_time, t.init_time) as init_time,
        coalesce(s.disconn_time, t.disconn_time) as disconn_time,
        coalesce(s.disconn_reason, t.disconn_reason) as disconn_reason,
        case when t.last_update_time > s.last_update_time then t.last_update_time
            else coalesce(s.last_update_time, t.last_update_time) end as last_update_time,
        coalesce(s.agent_conn, t.agent_conn) as agent_conn,
        coalesce(s.agent_id, t.agent_id) as agent_id,
        coalesce(s.agent_username, t.agent_username, u.username) as agent_username,
        coalesce(s.agent_conn_att, t.agent_conn_att) as agent_conn_att,
        coalesce(s.agent_afw_start, t.agent_afw_start) as agent_afw_start,
        coalesce(s.agent_afw_end, t.agent_afw_end) as agent_afw_end,
        coalesce(s.agent_afw_duration, t.agent_afw_duration) as agent_afw_duration,
        coalesce(s.agent_interact_duration, t.agent_interact_duration) as agent_interact_duration,
        coalesce(s.agent_holds, t.agent_holds) as agent_holds,
        coalesce(s.agent_longest_hold, t.agent_longest_hold) as agent_longest_hold,
        coalesce(s.queue_id, t.queue_id) as queue_id,
        coalesce(s.queue_name, t.queue_name, q.queue_name) as queue_name,
        coalesce(s.in_queue_time, t.in_queue_time) as in_queue_time,
        coalesce(s.out_queue_time, t.out_queue_time) as out_queue_time,
        coalesce(s.queue_duration, t.queue_duration) as queue_duration,
        coalesce(s.customer_voice, t.customer_voice) as customer_voice,
        coalesce(s.customer_hold_duration, t.customer_hold_duration) as customer_hold_duration,
        coalesce(s.contact_duration, t.contact_duration) as contact_duration,
        coalesce(s.sys_phone, t.sys_phone) as sys_phone,
        coalesce(s.conn_to_sys, t.conn_to_sys) as conn_to_sys,
        coalesce(s.customer_phone, t.customer_phone) as customer_phone,
        coalesce(s.time_zone, t.time_zone) as time_zone,
        coalesce(s.init_time_local, t.init_time_local) as init_time_local,
        coalesce(s.disconn_time_local, t.disconn_time_local) as disconn_time_local,
        case when t.standing > s.standing then t.source else s.source end as source,
        coalesce(t.inserted_at, s.ingested_at) as inserted_at
    from (
        select
            staged.*,
            coalesce(staged.last_update_time, staged.disconn_time, staged.init_time) as version,
            case staged.source when 'STREAM' then 3 when 'COLLECTOR' then 1 else 2 end as standing,
            row_number() over (
                partition by staged.contact_id
                order by
                    case staged.source when 'STREAM' then 3 when 'COLLECTOR' then 1 else 2 end desc,
                    coalesce(staged.last_update_time, staged.disconn_time, staged.init_time) desc nulls last,
                    staged.ingested_at desc
            ) as place
        from connect.f_calls_staging staged
        where staged.load_id = p_load_id
    ) s
    left join (
        select
            known.*,
            coalesce(known.last_update_time, known.disconn_time, known.init_time) as version,
            case known.source when 'STREAM' then 3 when 'COLLECTOR' then 1 else 2 end as standing
        from connect.f_calls known
        where known.contact_id in (select contact_id from connect.f_calls_staging where load_id = p_load_id)
    ) t on t.contact_id = s.contact_id
    left join (
        select user_id, max(username) as username from connect.dim_users group by user_id
    ) u on u.user_id = coalesce(s.agent_id, t.agent_id)
    left join (
        select queue_id, max(queue_name) as queue_name from connect.dim_queues group by queue_id
    ) q on q.queue_id = coalesce(s.queue_id, t.queue_id)
    left join followers named
        on named.prev_contact_id = s.contact_id
        and named.contact_id = coalesce(s.next_contact_id, t.next_contact_id)
    left join followers earliest on earliest.prev_contact_id = s.contact_id and earliest.place = 1
    where s.place = 1
    and (
        t.contact_id is null
        or s.standing > t.standing
        or s.version > t.version
        or (s.version = t.version and s.standing = t.standing)
    );

    -- except takes two nulls for the same, so what is left is new or differs.
    drop table if exists changed_calls;
    create temp table changed_calls as
    select
        init_contact_id, prev_contact_id, contact_id, next_contact_id, channel, init_method, init_time,
        disconn_time, disconn_reason, last_update_time, agent_conn, agent_id, agent_username, agent_conn_att,
        agent_afw_start, agent_afw_end, agent_afw_duration, agent_interact_duration, agent_holds,
        agent_longest_hold, queue_id, queue_name, in_queue_time, out_queue_time, queue_duration,
        customer_voice, customer_hold_duration, contact_duration, sys_phone, conn_to_sys, customer_phone,
        time_zone, init_time_local, disconn_time_local, source, inserted_at
    from newest_calls
    except
    select
        init_contact_id, prev_contact_id, contact_id, next_contact_id, channel, init_method, init_time,
        disconn_time, disconn_reason, last_update_time, agent_conn, agent_id, agent_username, agent_conn_att,
        agent_afw_start, agent_afw_end, agent_afw_duration, agent_interact_duration, agent_holds,
        agent_longest_hold, queue_id, queue_name, in_queue_time, out_queue_time, queue_duration,
        customer_voice, customer_hold_duration, contact_duration, sys_phone, conn_to_sys, customer_phone,
        time_zone, init_time_local, disconn_time_local, source, inserted_at
    from connect.f_calls
    where contact_id in (select contact_id from newest_calls);

    delete from connect.f_calls using changed_calls where f_calls.contact_id = changed_calls.contact_id;
    get diagnostics v_updated = row_count;
    insert into connect.f_calls (
        init_contact_id, prev_contact_id, contact_id, next_contact_id, channel, init_method, init_time,
        disconn_time, disconn_reason, last_update_time, agent_conn, agent_id, agent_username, agent_conn_att,
        agent_afw_start, agent_afw_end, agent_afw_duration, agent_interact_duration, agent_holds,
        agent_longest_hold, queue_id, queue_name, in_queue_time, out_queue_time, queue_duration,
        customer_voice, customer_hold_duration, contact_duration, sys_phone, conn_to_sys, customer_phone,
        time_zone, init_time_local, disconn_time_local, source, inserted_at, updated_at, load_id
    )
    select
        init_contact_id, prev_contact_id, contact_id, next_contact_id, channel, init_method, init_time,
        disconn_time, disconn_reason, last_update_time, agent_conn, agent_id, agent_username, agent_conn_att,
        agent_afw_start, agent_afw_end, agent_afw_duration, agent_interact_duration, agent_holds,
        agent_longest_hold, queue_id, queue_name, in_queue_time, out_queue_time, queue_duration,
        customer_voice, customer_hold_duration, contact_duration, sys_phone, conn_to_sys, customer_phone,
        time_zone, init_time_local, disconn_time_local, source, inserted_at, v_at, p_load_id
    from changed_calls;
    get diagnostics v_written = row_count;
    select count(*) into v_late from changed_calls where disconn_time < p_window_start;

    -- A contact that follows may be loaded after the one before it. An update moves updated_at and load_id, too.
    drop table if exists following_calls;
    create temp table following_calls as
    select
        prev_contact_id, contact_id,
        row_number() over (partition by prev_contact_id order by began, contact_id) as place
    from (
        select prev_contact_id, contact_id, min(init_time) as began
        from connect.f_calls
        where prev_contact_id in (select contact_id from changed_calls)
        or prev_contact_id in (select prev_contact_id from changed_calls)
        group by prev_contact_id, contact_id
    ) known;
    update connect.f_calls
    set next_contact_id = following_calls.contact_id, updated_at = v_at, load_id = p_load_id
    from following_calls
    where f_calls.contact_id = following_calls.prev_contact_id and following_calls.place = 1
    and (
        f_calls.next_contact_id is null
        or (
            f_calls.next_contact_id <> following_calls.contact_id
            and f_calls.contact_id || ' ' || f_calls.next_contact_id in (
                select prev_contact_id || ' ' || contact_id from following_calls
            )
        )
    );

    select count(*) into v_twice from (
        select contact_id from connect.f_calls
        where contact_id in (select contact_id from changed_calls)
        group by contact_id having count(*) > 1
    ) twice;
    if v_twice > 0 then
        raise exception '% contacts would be there twice', v_twice;
    end if;

    delete from connect.f_calls_staging where load_id = p_load_id;
    insert into connect.f_calls_loads (
        load_id, window_start, window_end, seen, found, described,
        staged, inserted, updated, unchanged, late, loaded_at
    )
    values (
        p_load_id, p_window_start, p_window_end, p_seen, p_found, p_described,
        v_staged, v_written - v_updated, v_updated, v_contacts - v_written, v_late, coalesce(v_at, p_window_end)
    );
    drop table followers;
    drop table newest_calls;
    drop table changed_calls;
    drop table following_calls;
end;
$$ language plpgsql;
