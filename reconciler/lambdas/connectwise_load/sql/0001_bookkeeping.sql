-- The newest commit of each tenant and table that is loaded.
create table if not exists canonical.watermarks (
    tenant_id varchar(64) not null,
    table_name varchar(128) not null,
    commit_no bigint not null,
    loaded_at timestamp not null
) diststyle all;

-- One row for each transaction that loaded something.
create table if not exists canonical.loads (
    load_id varchar(128) not null,
    table_name varchar(128) not null,
    staged bigint not null,
    inserted bigint not null,
    removed bigint not null,
    files integer not null,
    tenants integer not null,
    loaded_at timestamp not null
) diststyle all sortkey (loaded_at);

-- Loads take turns by this table, which no report reads: LOCK keeps readers out too.
create table if not exists canonical.load_lock (nothing integer) diststyle all;
