"""Adds an item to a list of another resource, or removes one, where AWS replaces only whole lists.

AWS has no lock for such a list. So it is read right before every attempt, and the items of others are sent again. An
edit between that read and the write is lost. A call that has nothing to change is not sent: it gets the error that AWS
gives where it has operations for single items.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.apply.run import Ports
from reconciler.errors import CallError, Fate, Meaning, UnreadableAnswerError
from reconciler.kinds.asking import structure
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import reads_of
from reconciler.kinds.verbs import Membership
from reconciler.model import Call
from reconciler.model.lists import ListChange

# The longest pause between two looks, in seconds, and their number: a quarter of an hour.
PAUSE, LOOKS = 5.0, 180


def with_list(ports: Ports, kind: Kind[Any], call: Call, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the parameters with the whole list. Raises `CallError` if the item has joined or left already."""
    membership, change = kind.writing.membership, _change(kind, call)
    if membership is None or change is None:
        return params
    container = _when_still(ports, kind, membership, params)
    live = container.get(membership.parameter) or []
    members = list(kind.items_in(container))
    if len(members) < len(live):
        # Without this, the write would remove what it cannot read.
        raise UnreadableAnswerError(f"{call.name} is not sent, because AWS answers a list in an unknown form: {live}")
    joining: list[Any] = params[membership.parameter]
    own = change.leaving or kind.called(params)
    whole = [item for it in members if kind.called(it) != own for item in it[membership.parameter]] + joining
    if {*whole} == {item for it in members for item in it[membership.parameter]}:
        raise _nothing_to_do(call, change)
    kept = {name: container[name] for name in membership.kept if container.get(name) in whole}
    return {**params, membership.parameter: whole, **kept}


def settle_list(ports: Ports, kind: Kind[Any], call: Call, params: Mapping[str, Any]) -> None:
    """Waits until AWS has finished a change of a list, because it refuses other changes of the container meanwhile."""
    if (membership := kind.writing.membership) and _change(kind, call) is not None:
        _when_still(ports, kind, membership, params)


def _change(kind: Kind[Any], call: Call) -> ListChange | None:
    membership = kind.writing.membership
    change = call.params.get(membership.parameter) if membership else None
    return change if isinstance(change, ListChange) else None


def _nothing_to_do(call: Call, change: ListChange) -> CallError:
    if change.leaving:
        message = f"the list has no {change.leaving}"
        return CallError(call.name, "NotInList", message, fate=Fate.REFUSED, meaning=Meaning.GONE)
    return CallError(call.name, "InList", "the list has it already", fate=Fate.REFUSED, meaning=Meaning.TAKEN)


def _when_still(ports: Ports, kind: Kind[Any], membership: Membership, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the container as soon as AWS has finished an earlier change of it. It waits for a while."""
    (read,), parameter = reads_of(kind).searches, kind.reading.container[1]
    own = {parameter: params[parameter]}
    for attempt in range(LOOKS):
        container = structure(ports.aws, read, own)
        if not membership.wait.is_moving(container) or ports.stop.is_set():
            break
        ports.pause(min(PAUSE, 0.05 * 2 ** min(attempt, 9)))
    return container
