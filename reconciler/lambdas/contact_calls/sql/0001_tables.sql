-- Calls as facts, the staging that loads go through, and the names of queues and users.
-- Redshift does not enforce keys: the procedures see to it that a contact is there once. Times are UTC.

-- What a load brings; the columns are in the order of its file.
create table if not exists connect.f_calls_staging (
    load_id varchar(64) not null,
    source varchar(16) not null,
    ingested_at timestamp not null,
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

-- One row for each contact, its newest version.
create table if not exists connect.f_calls (
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
    disconn_time_local timestamp,
    source varchar(16) not null,
    load_id varchar(64) not null,
    inserted_at timestamp not null,
    updated_at timestamp not null
)
diststyle key distkey (contact_id) compound sortkey (disconn_time, queue_id);

-- One row for each load that was merged, written in the same transaction.
create table if not exists connect.f_calls_loads (
    load_id varchar(64) not null,
    window_start timestamp not null,
    window_end timestamp not null,
    seen integer not null,
    found integer not null,
    described integer not null,
    staged integer not null,
    inserted integer not null,
    updated integer not null,
    unchanged integer not null,
    late integer not null,
    loaded_at timestamp not null
)
diststyle all sortkey (loaded_at);

create table if not exists connect.dim_queues (
    queue_id varchar(100) not null,
    queue_name varchar(512),
    last_modified timestamp
)
diststyle all sortkey (queue_id);

create table if not exists connect.dim_users (
    user_id varchar(100) not null,
    username varchar(512),
    last_modified timestamp
)
diststyle all sortkey (user_id);

-- Queues and users on their way into the two above; dimension says which.
create table if not exists connect.dimensions_staging (
    load_id varchar(64) not null,
    dimension varchar(16) not null,
    id varchar(100) not null,
    name varchar(512),
    last_modified timestamp
)
diststyle even;
