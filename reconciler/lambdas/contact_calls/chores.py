"""What is asked for besides loading: the gaps, the names of queues and users, the tables, the switches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.contact_calls.events import Gaps
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.ledger import spelled
from reconciler.lambdas.contact_calls.story import Tools
from reconciler.lambdas.contact_calls.transform import cut
from reconciler.lambdas.shared.calls import CallFailed

MOST_GAPS = 500
NAME_WIDTH = 512  # bytes, of the tables' columns


def report_gaps(tools: Tools, asked: Gaps) -> dict[str, Any]:
    """The windows that should be done by now and are not, with what is known of them, and how to fill them."""
    grid, ledger = tools.settings.grid, tools.ledger
    due = tools.now() - tools.settings.delay
    end = grid.last_boundary(min(asked.end or due, due))
    noted = {each.start: each for each in ledger.noted(grid.whole(asked.start).start if asked.start else None, end)}
    first = asked.start or min(noted, default=end)
    gaps = []
    for window in grid.windows(grid.whole(first).start, end) if first < end else ():
        known = noted.get(window.start)
        if known is None or known.status != "done":
            gap = {"from": spelled(window.start), "to": spelled(window.end), "label": window.label}
            gaps.append(gap | {"status": known.status if known else "never", "reason": known.reason if known else ""})
    return {"status": "gaps" if gaps else "none", "count": len(gaps), "gaps": gaps[:MOST_GAPS]}


def load_dimensions(tools: Tools) -> dict[str, Any]:
    try:
        queues = [
            ("queue", each["Id"], cut(each.get("Name"), NAME_WIDTH), _plain(each.get("LastModifiedTime")))
            for each in tools.asking.queues()
        ]
        users = [
            ("user", each["Id"], cut(each.get("Username"), NAME_WIDTH), _plain(each.get("LastModifiedTime")))
            for each in tools.asking.users()
        ]
    except CallFailed as wrong:
        raise LoadFailed(f"queues and users can not be listed: {wrong}") from wrong
    rows = [*{row[:2]: row for row in (*queues, *users)}.values()]
    tools.warehouse.load_dimensions(tools.new_id(), rows)
    return {"status": "done", "queues": len(queues), "users": len(users)}


def migrate(tools: Tools) -> dict[str, Any]:
    return {"status": "done", "applied": tools.warehouse.migrate(tools.now())}


def quarantine(tools: Tools, contacts: Iterable[str]) -> dict[str, Any]:
    """For contacts that can not be described, ever: they would hold up all others."""
    tools.ledger.quarantine(contacts)
    return {"status": "done", "quarantined": len(tools.ledger.state().quarantined)}


def pause(tools: Tools, reason: str) -> dict[str, Any]:
    tools.ledger.pause(reason)
    return {"status": "paused" if reason else "resumed"}


def _plain(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC).replace(tzinfo=None) if instant else None
