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

    delete from connect.dim_users using connect.dimensions_staging
    where dimensions_staging.load_id = p_load_id and dimensions_staging.dimension = 'user'
    and dim_users.user_id = dimensions_staging.id;
    insert into connect.dim_users (user_id, username, last_modified)
    select id, name, last_modified from connect.dimensions_staging
    where load_id = p_load_id and dimension = 'user';

    update connect.f_calls set agent_username = dim_users.username
    from connect.dim_users
    where f_calls.agent_id = dim_users.user_id and f_calls.agent_username is null;
    update connect.f_calls set queue_name = dim_queues.queue_name
    from connect.dim_queues
    where f_calls.queue_id = dim_queues.queue_id and f_calls.queue_name is null;

    delete from connect.dimensions_staging where load_id = p_load_id;
end;
$$ language plpgsql;
