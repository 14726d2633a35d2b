-- Loads lock this table first, so that they run one after the other. It stays empty, and no report reads it: LOCK in
-- Redshift makes reads of its table wait as well.
create table if not exists connect.load_lock (
    load_id varchar(64)
)
diststyle all;
