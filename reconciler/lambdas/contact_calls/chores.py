"""The events beside loading: missing windows, names of queues and users, migrations, switches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.contact_calls.events import MissingWindows
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.ledger import spelled
from reconciler.lambdas.contact_calls.loading import Tools
from reconciler.lambdas.contact_calls.transform import cut
from reconciler.lambdas.shared.calls import CallFailed

MOST_MISSING = 500
NAME_WIDTH = 512  # bytes of the tables' columns


def report_missing(tools: Tools, request: MissingWindows) -> dict[str, Any]:
    """Returns the windows that are due and not done, window with its status and reason, to replay them."""
    grid, ledger = tools.settings.grid, tools.ledger
    due = tools.now() - tools.settings.delay
    end = grid.last_boundary(min(request.end or due, due))
    noted = {
        window.start: window for window in ledger.noted(grid.whole(request.start).start if request.start else None, end)
    }
    known = [*noted, *filter(None, [ledger.state().watermark])]
    first = request.start or min(known, default=end)
    missing = []
    for window in grid.windows(grid.whole(first).start, end) if first < end else ():
        record = noted.get(window.start)
        if record is None or record.status != "done":
            gap = {"from": spelled(window.start), "to": spelled(window.end), "label": window.label}
            missing.append(
                gap | {"status": record.status if record else "never", "reason": record.reason if record else ""}
            )
    return {"status": "gaps" if missing else "none", "count": len(missing), "gaps": missing[:MOST_MISSING]}


def load_dimensions(tools: Tools) -> dict[str, Any]:
    try:
        queues = [
            ("queue", item["Id"], cut(item.get("Name"), NAME_WIDTH), _plain(item.get("LastModifiedTime")))
            for item in tools.asking.queues()
        ]
        users = [
            ("user", item["Id"], cut(item.get("Username"), NAME_WIDTH), _plain(item.get("LastModifiedTime")))
            for item in tools.asking.users()
        ]
    except CallFailed as wrong:
        raise LoadFailed(f"queues and users cannot be listed: {wrong}") from wrong
    rows = [*{row[:2]: row for row in (*queues, *users)}.values()]
    tools.warehouse.load_dimensions(tools.new_id(), rows)
    return {"status": "done", "queues": len(queues), "users": len(users)}


def migrate(tools: Tools) -> dict[str, Any]:
    return {"status": "done", "applied": list(tools.warehouse.migrate(tools.now()).applied)}


def take_over(tools: Tools) -> dict[str, Any]:
    """Moves the rows of the program that this one replaces, and returns their numbers by table."""
    done = tools.warehouse.take_over(tools.now())
    return {"status": "done", "applied": list(done.applied), "moved": dict(done.moved)}


def pause(tools: Tools, reason: str) -> dict[str, Any]:
    tools.ledger.pause(reason)
    return {"status": "paused" if reason else "resumed"}


def _plain(instant: datetime | None) -> datetime | None:
    return instant.astimezone(UTC).replace(tzinfo=None) if instant else None
