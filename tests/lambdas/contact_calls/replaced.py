"""The database of the two-hour collector that this Lambda replaces: its tables, its procedure, its way of writing."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.contact_calls.columns import NAMES
from tests.lambdas.contact_calls.pipeline import Pipeline

TIMES = ("init_time", "disconn_time", "last_update_time", "agent_conn", "agent_afw_start", "agent_afw_end")
TIMES += ("in_queue_time", "out_queue_time", "conn_to_sys")
NUMBERS = ("agent_conn_att", "agent_afw_duration", "agent_interact_duration", "agent_holds", "agent_longest_hold")
NUMBERS += ("queue_duration", "customer_hold_duration")
COLUMNS = NAMES[:31]


def _type(column: str) -> str:
    if column in TIMES:
        return "timestamp"
    if column in NUMBERS:
        return "int"
    if column == "contact_duration":
        return "numeric(10,2)"
    return "varchar(50)" if column in ("channel", "customer_voice", "sys_phone", "customer_phone") else "varchar(100)"


def tables(**types: str) -> str:
    """Returns its DDL. `types` are columns that a customer has with another type."""
    columns = ", ".join(f"{name} {types.get(name, _type(name))}" for name in COLUMNS)
    return f"""
        create schema connect;
        create table connect.f_calls_staging ({columns}, inserted_at timestamp default now());
        create table connect.f_calls (like connect.f_calls_staging including defaults);
        create table connect.dim_queues (queue_id varchar(100), queue_name varchar(100), last_modified timestamp);
        create table connect.dim_users (
            user_id varchar(100), user_email varchar(100), user_name varchar(100), user_lastname varchar(100),
            last_modified timestamp
        );
        create procedure connect.insert_new_f_calls() as $$
        begin
            insert into connect.f_calls select s.* from connect.f_calls_staging s
            left join connect.f_calls f on f.contact_id = s.contact_id where f.contact_id is null;
            delete from connect.f_calls_staging;
        end $$ language plpgsql;
    """  # noqa: S608 - constant names


def set_up(pipeline: Pipeline, **types: str) -> None:
    """Puts its database in place of the one that a test begins with."""
    assert pipeline.redshift is not None
    pipeline.redshift.empty()
    pipeline.redshift.sql(tables(**types))


def insert(table: str, **values: Any) -> str:
    names, texts = ", ".join(values), ", ".join("null" if v is None else f"'{v}'" for v in values.values())
    return f"insert into connect.{table} ({names}) values ({texts})"  # noqa: S608


def collected(pipeline: Pipeline, id: str, start: str, end: str, **values: Any) -> None:
    """Writes a call as the collector does: all 31 columns, wall clocks of New York, then its procedure."""
    assert pipeline.redshift is not None
    known = {"contact_id": id, "channel": "VOICE", "init_time": start, "disconn_time": end, "last_update_time": end}
    # It takes pauses for holds, and an adjustment for the time in the queue.
    known |= {"agent_holds": 3, "queue_duration": 0, "customer_hold_duration": 77, **values}
    row = {name: known.get(name) for name in COLUMNS}
    statement = insert("f_calls_staging", **row)
    pipeline.redshift.sql(f"begin; {statement}; call connect.insert_new_f_calls(); commit")
