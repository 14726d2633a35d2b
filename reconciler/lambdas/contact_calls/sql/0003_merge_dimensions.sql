-- Names of queues and users: the newest ones, and none is forgotten that is no longer listed. Calls that were loaded before
-- their queue or agent was known get their names now.
create or replace procedure connect.merge_dimensions(p_load_id varchar(64))
as $$
begin
    delete from connect.dim_queues using connect.dimensions_staging
    where dimensions_staging.load_id = p_load_id and dimensions_staging.dimension = 'queue'
    and dim_queues.queue_id = dimensions_staging.id;
    insert into connect.dim_queues (queue_id, queue_name, last_modified)
    select id, name, last_modified from connect.dimensions_staging
    where load_id = p_load_id and dimension = 'queue';

    -- Other writers fill three more columns, which stay; a user that they doubled becomes one again.
    drop table if exists known_users;
    create temp table known_users as
    select
        user_id, max(user_email) as user_email, max(user_name) as user_name, max(user_lastname) as user_lastname
    from connect.dim_users group by user_id;
    delete from connect.dim_users using connect.dimensions_staging
    where dimensions_staging.load_id = p_load_id and dimensions_staging.dimension = 'user'
    and dim_users.user_id = dimensions_staging.id;
    insert into connect.dim_users (user_id, username, last_modified, user_email, user_name, user_lastname)
    select
        listed.id, listed.name, listed.last_modified,
        known_users.user_email, known_users.user_name, known_users.user_lastname
    from connect.dimensions_staging listed
    left join known_users on known_users.user_id = listed.id
    where listed.load_id = p_load_id and listed.dimension = 'user';
    drop table known_users;

    update connect.f_calls set agent_username = dim_users.username
    from connect.dim_users
    where f_calls.agent_id = dim_users.user_id and f_calls.agent_username is null;
    update connect.f_calls set queue_name = dim_queues.queue_name
    from connect.dim_queues
    where f_calls.queue_id = dim_queues.queue_id and f_calls.queue_name is null;

    delete from connect.dimensions_staging where load_id = p_load_id;
end;
$$ language plpgsql;
