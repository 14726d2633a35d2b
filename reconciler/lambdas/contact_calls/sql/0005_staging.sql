-- Staging whose first three columns may be null, so that writers who know only the 31 columns of the program that this one
-- replaces can go on: an INSERT or a COPY that names its columns. insert_new_f_calls() merges their rows.
alter table connect.f_calls_staging rename to f_calls_staging_before;

create table connect.f_calls_staging (
    load_id varchar(64),
    source varchar(16),
    ingested_at timestamp,
    init_contact_id varchar(100),
    prev_contact_id varchar(100),
    contact_id varchar(100) not null,
    next_contact_id varchar(100),
    channel varchar(50),
    init_method varchar(100),
    init_time timestamp,
    disconn_time timestamp,
    disconn_reason varchar(100),
    last_update_time timestamp,
    agent_conn timestamp,
    agent_id varchar(100),
    agent_username varchar(512),
    agent_conn_att integer,
    agent_afw_start timestamp,
    agent_afw_end timestamp,
    agent_afw_duration integer,
    agent_interact_duration integer,
    agent_holds integer,
    agent_longest_hold integer,
    queue_id varchar(100),
    queue_name varchar(512),
    in_queue_time timestamp,
    out_queue_time timestamp,
    queue_duration integer,
    customer_voice varchar(50),
    customer_hold_duration integer,
    contact_duration numeric(10,2),
    sys_phone varchar(256),
    conn_to_sys timestamp,
    customer_phone varchar(256),
    time_zone varchar(64),
    init_time_local timestamp,
    disconn_time_local timestamp
)
diststyle key distkey (contact_id) sortkey (load_id);

insert into connect.f_calls_staging select * from connect.f_calls_staging_before;

drop table connect.f_calls_staging_before;
