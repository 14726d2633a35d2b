"""Turns a file of agents into requests: row by row, each with its result. A retry does no harm.

A password is kept before its request is written. The draft of the result is written after all requests, and the number
of pending rows after the draft. The upload moves to quarantine at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.lambdas.agent_upload.event import Created
from reconciler.lambdas.agent_upload.passwords import Passwords
from reconciler.lambdas.agent_upload.roster import Roster, is_newer, is_of
from reconciler.lambdas.agents import results
from reconciler.lambdas.agents.agent import MANAGED, Agent
from reconciler.lambdas.agents.headers import PASSWORD
from reconciler.lambdas.agents.item import ACTIVE, PENDING, Request, RosterItem
from reconciler.lambdas.agents.results import ResultRow
from reconciler.lambdas.agents.rows import Problem, Row, creation_problems

IN_WORK = timedelta(hours=1)
NO_CALL = "Amazon Connect has no call that changes a password; empty the cell, and reset the password in the console"

GENERATED = "was generated, and is the secret {} of Secrets Manager; let the user change it at the first sign-in"


@dataclass(frozen=True)
class Importer:
    """Judges rows against the roster and hands the good ones over."""

    roster: Roster
    passwords: Passwords
    identity_type: str
    generates_passwords: bool
    now: str
    """The time of this event, in UTC with milliseconds."""

    def hand_over(self, created: Created, rows: Sequence[Row]) -> list[ResultRow]:
        """Returns the result of every row: refused, unchanged, or pending until `agent_roster` has settled it."""
        items = self.roster.items([row.agent.username for row in rows if row.agent])
        answers = []
        for row in rows:
            item = items.get(row.agent.username) if row.agent else None
            answers.append(self._result(created, row, item))
        return answers

    def _result(self, created: Created, row: Row, item: RosterItem | None) -> ResultRow:
        if row.agent is None:
            return results.refused(row)
        request = Request(row.agent, row.agent.hash, created.key, created.sequencer, row.number, created.at)
        if item and item.request and is_of(item, request):
            # An earlier try has requested it. The user may be created by now.
            is_new = not _exists(item) or (item.status != PENDING and item.last_result == results.CREATED)
            return _pending(row, request.agent, (item.request.password_secret or "") if is_new else "")
        if item and is_newer(item, request):
            return results.refused(row.refused(_overtaken(item)))
        if problems := self._problems(row, item, row.agent):
            return results.refused(row.refused(*problems))
        if item and item.is_settled_well and item.settled_hash == request.agent_hash:
            return ResultRow(row.number, row.agent.username, results.UNCHANGED)
        return self._requested(row, item, request)

    def _problems(self, row: Row, item: RosterItem | None, agent: Agent) -> list[Problem]:
        """Returns why the roster's state refuses a row. The password of a user who exists cannot be changed."""
        if item is None or not _exists(item):
            problems = creation_problems(row, self.identity_type, may_generate=self.generates_passwords)
            is_in_work = item is not None and item.status == PENDING and self._is_recent(item)
            if row.password and is_in_work and self.passwords.is_kept(agent.username, row.password) is False:
                fault = "is another one than that of an upload in work"
                problems.append(Problem(PASSWORD.name, fault, "wait for its result, then upload this file again"))
            return problems
        if row.password and self.passwords.is_kept(agent.username, row.password) is False:
            return [Problem(PASSWORD.name, "is not the first password of this user", NO_CALL)]
        return []

    def _requested(self, row: Row, item: RosterItem | None, request: Request) -> ResultRow:
        request = self._with_password(row, item, request)
        if self.roster.request(request):
            return _pending(row, request.agent, request.password_secret or "")
        newer = self.roster.items([request.agent.username]).get(request.agent.username)
        return results.refused(row.refused(_overtaken(newer)))

    def _with_password(self, row: Row, item: RosterItem | None, request: Request) -> Request:
        """Returns the request with the name of its secret, which is kept by then. A user who exists needs none."""
        if self.identity_type != MANAGED or (item and _exists(item)):
            return request
        username = request.agent.username
        if row.password:
            place = f"{request.key} {request.sequencer} {request.row}"
            secret = self.passwords.keep(username, row.password, place)
        else:
            secret = self.passwords.generate(username)
        return Request(**{**vars(request), "password_secret": secret})

    def _is_recent(self, item: RosterItem) -> bool:
        """Returns whether a request is so new that the other function may be at it."""
        if item.request is None:
            return False
        try:
            return datetime.fromisoformat(self.now) - datetime.fromisoformat(item.request.at) < IN_WORK
        except (ValueError, TypeError):
            return False


def _pending(row: Row, agent: Agent, secret: str) -> ResultRow:
    """Returns the line of a requested row. It names the secret of a generated password, which no other place has."""
    if secret and not row.password:
        reason = f"{PASSWORD.name}: {GENERATED.format(secret)}"
        return ResultRow(row.number, agent.username, results.PENDING, PASSWORD.name, reason)
    return ResultRow(row.number, agent.username, results.PENDING)


def _exists(item: RosterItem) -> bool:
    """Returns whether the user exists in Amazon Connect, as far as the roster knows."""
    return bool(item.user_id) or item.status == ACTIVE


def _overtaken(item: RosterItem | None) -> Problem:
    place = f"row {item.request.row} of {item.request.key}" if item and item.request else "another upload"
    return Problem("", f"a newer upload has this agent, in {place}", "upload this file again if it is right")
