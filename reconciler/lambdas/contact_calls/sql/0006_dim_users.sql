-- The columns that dim_users has in the program that this one replaces. Their writers may go on; a load keeps the values.
alter table connect.dim_users add column user_email varchar(512);

alter table connect.dim_users add column user_name varchar(512);

alter table connect.dim_users add column user_lastname varchar(512);
