"""The columns of a call, in the order of files, staging and facts.

Files are loaded by position, so a new column goes to the end. Times are UTC without an offset; local times use the zone
that the row names. A value that the API lacks is null and never 0: the stream of contact records has it, and the merge
keeps the one that exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Teller(Enum):
    """The source of a column."""

    SEARCH = "SearchContacts"
    DESCRIBE = "DescribeContact"
    TABLES = "dim_users, dim_queues, and the contacts that follow"
    STREAM = "contact records alone"


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    teller: Teller
    meaning: str


S, D, T, R = Teller.SEARCH, Teller.DESCRIBE, Teller.TABLES, Teller.STREAM
ID, WORD, WHEN, COUNT = "varchar(100)", "varchar(100)", "timestamp", "integer"

COLUMNS = (
    Column("init_contact_id", ID, S, "InitialContactId: the first contact of a chain of transfers"),
    Column("prev_contact_id", ID, S, "PreviousContactId"),
    Column("contact_id", ID, S, "Id"),
    Column("next_contact_id", ID, D, "NextContacts, and loaded contacts that name this one; the earliest"),
    Column("channel", "varchar(50)", S, "Channel"),
    Column("init_method", WORD, S, "InitiationMethod"),
    Column("init_time", WHEN, S, "InitiationTimestamp"),
    Column("disconn_time", WHEN, S, "DisconnectTimestamp"),
    Column("disconn_reason", WORD, D, "DisconnectReason"),
    Column("last_update_time", WHEN, D, "LastUpdateTimestamp: the newest of a contact's versions wins"),
    Column("agent_conn", WHEN, S, "AgentInfo.ConnectedToAgentTimestamp"),
    Column("agent_id", ID, S, "AgentInfo.Id"),
    Column("agent_username", "varchar(512)", T, "the user's name at the time of loading"),
    Column("agent_conn_att", COUNT, R, "Agent.AgentConnectionAttempts"),
    Column("agent_afw_start", WHEN, D, "AgentInfo.AfterContactWorkStartTimestamp"),
    Column("agent_afw_end", WHEN, D, "AgentInfo.AfterContactWorkEndTimestamp"),
    Column("agent_afw_duration", COUNT, D, "AgentInfo.AfterContactWorkDuration, seconds"),
    Column("agent_interact_duration", COUNT, D, "connected without hold, seconds; null where the hold is not known"),
    Column("agent_holds", COUNT, R, "Agent.NumberOfHolds; TotalPauseCount counts something else"),
    Column("agent_longest_hold", COUNT, R, "Agent.LongestHoldDuration, seconds"),
    Column("queue_id", ID, S, "QueueInfo.Id"),
    Column("queue_name", "varchar(512)", T, "the queue's name at the time of loading"),
    Column("in_queue_time", WHEN, S, "QueueInfo.EnqueueTimestamp"),
    Column("out_queue_time", WHEN, S, "when an agent took it; null if none did: the API lacks it"),
    Column("queue_duration", COUNT, S, "out_queue_time − in_queue_time, seconds"),
    Column("customer_voice", "varchar(50)", D, "CustomerVoiceActivity's greeting, start/end"),
    Column("customer_hold_duration", COUNT, D, "AgentInfo.AgentInitiatedHoldDuration, seconds; a pause is not a hold"),
    Column("contact_duration", "numeric(10,2)", S, "disconn_time − agent_conn, seconds; null without an agent"),
    Column("sys_phone", "varchar(256)", D, "SystemEndpoint.Address"),
    Column("conn_to_sys", WHEN, D, "ConnectedToSystemTimestamp"),
    Column("customer_phone", "varchar(256)", D, "CustomerEndpoint.Address, as PHONES says"),
    Column("time_zone", "varchar(64)", S, "the zone of the two columns that follow"),
    Column("init_time_local", WHEN, S, "init_time on the wall clocks of time_zone"),
    Column("disconn_time_local", WHEN, S, "disconn_time on the wall clocks of time_zone"),
)
NAMES = tuple(column.name for column in COLUMNS)
# The columns before them in files and in staging.
OF_THE_LOAD = ("load_id", "source", "ingested_at")
# The merge needs them.
NEEDED = frozenset({"contact_id", "disconn_time"})


def needs_describing(columns: Iterable[str]) -> bool:
    """Returns whether a column needs more than a search returns."""
    wanted = set(columns)
    return any(column.teller is Teller.DESCRIBE for column in COLUMNS if column.name in wanted)
