"""The roster table: reads the items of agents, and writes requests that no newer upload overtook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.agents.item import Request, RosterItem, item_key, read_item, request_attributes
from reconciler.lambdas.agents.uploads import Call, is_unmet
from reconciler.lambdas.shared.calls import CallFailed

BATCH = 100  # keys of one BatchGetItem; source: service model
# Versions of one key are ordered by their sequencers, and uploads of different keys by their times.
NEWER = (
    "attribute_not_exists(upload_key)"
    " OR (upload_key = :upload_key AND upload_sequencer < :upload_sequencer)"
    " OR (upload_key <> :upload_key AND requested_at < :requested_at)"
    " OR (upload_key < :upload_key AND requested_at = :requested_at)"
)


@dataclass(frozen=True)
class Roster:
    call: Call
    table: str
    instance_id: str

    def items(self, usernames: Sequence[str]) -> dict[str, RosterItem]:
        """Returns the items of users, by user name; those that the table does not have are left out."""
        items: dict[str, RosterItem] = {}
        for start in range(0, len(usernames), BATCH):
            for item in self._batch(usernames[start : start + BATCH]):
                items[item.username] = item
        return items

    def request(self, request: Request) -> bool:
        """Writes a request. Returns False if the item has one of a newer upload."""
        attributes = request_attributes(request)
        names = {f"#{at}": name for at, name in enumerate(attributes)}
        setting = ", ".join(f"#{at} = :{name}" for at, name in enumerate(attributes))
        try:
            self.call(
                "dynamodb:UpdateItem",
                {
                    "TableName": self.table,
                    "Key": item_key(self.instance_id, request.agent.username),
                    "UpdateExpression": f"SET {setting}",
                    "ConditionExpression": NEWER,
                    "ExpressionAttributeNames": names,
                    "ExpressionAttributeValues": {f":{name}": value for name, value in attributes.items()},
                },
            )
        except CallFailed as failed:
            if not is_unmet(failed):
                raise
            # The reply to an earlier try may be lost.
            item = self.items([request.agent.username]).get(request.agent.username)
            return item is not None and is_of(item, request)
        return True

    def _batch(self, usernames: Sequence[str]) -> Iterator[RosterItem]:
        wanted: dict[str, Any] = {
            self.table: {
                "Keys": [item_key(self.instance_id, username) for username in usernames],
                "ConsistentRead": True,
            }
        }
        while wanted:
            answer = self.call("dynamodb:BatchGetItem", {"RequestItems": wanted})
            yield from map(read_item, answer["Responses"].get(self.table, ()))
            wanted = answer.get("UnprocessedKeys") or {}


def is_of(item: RosterItem, request: Request) -> bool:
    """Returns whether an item has the request of the same row of the same upload."""
    known = item.request
    return known is not None and (known.key, known.sequencer, known.row) == (
        request.key,
        request.sequencer,
        request.row,
    )


def is_newer(item: RosterItem, request: Request) -> bool:
    """Returns whether an item has a request of a newer upload than this one, as the condition `NEWER` has it."""
    known = item.request
    if known is None:
        return False
    if known.key == request.key:
        return known.sequencer > request.sequencer
    return (known.at, known.key) > (request.at, request.key)
