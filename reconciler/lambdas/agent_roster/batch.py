"""A batch of records: each row is brought to its result, and one that must wait keeps back no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.agent_roster.failures import GivenUp, Refused, TryAgain, of_call
from reconciler.lambdas.agent_roster.ledger import Current, Ledger
from reconciler.lambdas.agent_roster.lookups import Lookups
from reconciler.lambdas.agent_roster.records import Record
from reconciler.lambdas.agent_roster.reporting import KEPT, REMOVED, Tally
from reconciler.lambdas.agent_roster.settings import DEACTIVATE, DELETE, Settings
from reconciler.lambdas.agent_roster.users import STACK, Result, Users
from reconciler.lambdas.agents import results
from reconciler.lambdas.agents.item import ACTIVE, FAILED, PENDING, Request, RosterItem
from reconciler.lambdas.agents.results import ResultRow
from reconciler.lambdas.agents.uploads import Call, Uploads
from reconciler.lambdas.shared.calls import CallFailed, OutOfTime
from reconciler.lambdas.shared.logs import Log

LATER = "a later upload asks for another state of this agent, so this row has no effect"
GONE = "the item of the agent was deleted from the roster table meanwhile"
ELSEWHERE = "the item is of another instance of Amazon Connect than this pipeline's"


@dataclass(frozen=True)
class Tools:
    """The tools of a batch. `has_time` returns whether another row may begin; `now` is epoch seconds."""

    settings: Settings
    ledger: Ledger
    uploads: Uploads
    users: Users
    lookups: Lookups
    call: Call
    has_time: Callable[[], bool]
    now: Callable[[], float]
    log: Log


@dataclass
class Batch:
    tools: Tools
    tally: Tally

    def run(self, records: Sequence[Record]) -> list[str]:
        """Brings every row to its result. Returns the first record that must be repeated, or nothing.

        AWS repeats that record and all later ones; those that have their result are then skipped.
        """
        self.tally.records = len(records)
        asking = [record for record in records if record.request or record.removed or record.fault]
        self.tally.skipped = len(records) - len(asking)
        there = self.tools.ledger.current(record.key for record in asking)
        again: list[str] = []
        done: dict[tuple[str, str], list[ResultRow]] = {}
        for record in asking:
            if not self.tools.has_time():
                again.append(record.id)
                break
            try:
                row = self._row(record, there.get(record.key))
            except (TryAgain, OutOfTime):
                again.append(record.id)
                self.tally.retried += 1
                continue
            if record.request and row:
                done.setdefault((record.request.key, record.request.sequencer), []).append(row)
        for (key, sequencer), rows in done.items():
            self.tools.uploads.settle(key, sequencer, rows)
        return again[:1]

    def _row(self, record: Record, current: Current | None) -> ResultRow | None:
        """Returns the line of the result file for a record. Raises `TryAgain` and `OutOfTime`."""
        if record.removed:
            self._remove(record, current)
            return None
        if record.fault or record.request is None:
            self._give_up_unreadable(record)
            return None
        request = record.request
        if current is None:
            return _line(request, results.REFUSED, reason=GONE)
        if current.item.request is None or not _is_same(current.item.request, request):
            return _line(request, results.REFUSED, reason=LATER)
        if current.item.status != PENDING:
            # An earlier invocation ended before it noted the row at the upload.
            return _line_of(request, current.item)
        return self._settled(record, request, current)

    def _settled(self, record: Record, request: Request, current: Current) -> ResultRow:
        """Makes the user, and writes the result to the roster."""
        try:
            result = self._bring(record, request, current)
        except TryAgain as wait:
            tries = current.tries_of(request) + 1
            if tries < self.tools.settings.most_tries:
                self.tools.lookups.forget()
                self.tools.ledger.note_try(record.key, request, tries, f"{wait.reason}; it is tried again")
                raise
            reason = f"{wait.reason}, in {tries} tries; upload the row again"
            self._bury(record, request, reason)
            return self._note(record, request, FAILED, results.FAILED, "", reason)
        except Refused as refused:
            word = results.FAILED if isinstance(refused, GivenUp) else results.REFUSED
            return self._note(record, request, FAILED, word, refused.column, refused.reason)
        return self._note(record, request, ACTIVE, result.word, "", result.note, user_id=result.user)

    def _bring(self, record: Record, request: Request, current: Current) -> Result:
        """Returns what became of the user. Raises `Refused`, `TryAgain` and `OutOfTime`."""
        if record.instance_id != self.tools.settings.instance:
            raise Refused("", ELSEWHERE)
        users, tags = self.tools.users, {STACK: self.tools.settings.owner}
        try:
            wanted = self.tools.lookups.wanted(users.connect, request.agent, tags)
            result = users.bring(
                request,
                wanted,
                current.item.user_id or "",
                password=lambda: self._password(request),
                note_change=lambda: self.tools.ledger.note_change(record.key, request),
            )
        except CallFailed as failed:
            raise of_call(failed) from None
        except (Refused, TryAgain, OutOfTime):
            raise
        except Exception as wrong:
            # A defect must not keep back the shard. Its message may repeat the row, so it is not shown.
            self.tools.log.line("ERROR", "a row failed unforeseen", {"error": type(wrong).__name__, "row": request.row})
            raise TryAgain(f"the function failed with {type(wrong).__name__}") from None
        if result.word == results.UNCHANGED and current.has_begun(request):
            # An earlier invocation made the last change, and ended before it wrote the result.
            return replace(result, word=results.CHANGED)
        return result

    def _password(self, request: Request) -> str:
        """Returns the password that the upload put into Secrets Manager; "" without one."""
        if not request.password_secret:
            return ""
        answer = self.tools.call("secretsmanager:GetSecretValue", {"SecretId": request.password_secret})
        return str(answer.get("SecretString") or "")

    def _note(
        self, record: Record, request: Request, status: str, word: str, column: str, reason: str, user_id: str = ""
    ) -> ResultRow:
        ended = self.tools.now()
        moment = datetime.fromtimestamp(ended, UTC).isoformat(timespec="seconds")
        attributes = {"last_result": word, "settled_hash": request.agent_hash, "settled_at": moment}
        reason = reason[: results.LONGEST_REASON]
        if reason:
            attributes["last_error"] = reason
        if column:
            attributes["last_column"] = column
        if user_id:
            attributes |= {"user_id": user_id, "owner": self.tools.settings.owner}
        self.tools.ledger.settle(record.key, request, status, **attributes)
        self.tally.count(word)
        self.tally.wait = max(self.tally.wait, ended - _seconds(request.at, ended))
        return _line(request, word, column, reason)

    def _remove(self, record: Record, current: Current | None) -> None:
        """Carries out the policy for a deleted item. An item that is there again asks for its user itself."""
        settings, users, removed = self.tools.settings, self.tools.users, record.removed
        if current is not None or removed is None or record.instance_id != settings.instance:
            return
        user = removed.user_id or ""
        try:
            if settings.remove == DELETE:
                user = users.delete(record.username, user)
            elif settings.remove == DEACTIVATE:
                security, routing = self._deactivated()
                user = users.deactivate(record.username, user, security, routing)
            word = KEPT if settings.remove not in (DELETE, DEACTIVATE) or not user else REMOVED
        except CallFailed as failed:
            wait = of_call(failed)
            if isinstance(wait, TryAgain):
                raise wait from None
            word = results.FAILED
            self._warn(user, wait.reason)
        except Refused as refused:
            word = results.REFUSED
            self._warn(user, refused.reason)
        self.tally.count(word)

    def _warn(self, user: str, reason: str) -> None:
        """Logs why a user stays although its item is deleted: no item is left to hold the reason."""
        self.tools.log.line("WARNING", "a removed agent's user stays", {"userId": user, "reason": reason})

    def _deactivated(self) -> tuple[str, str]:
        """Returns the ids of the profiles of deactivated users. Raises `Refused` if the instance lacks one."""
        settings, lookups, connect = self.tools.settings, self.tools.lookups, self.tools.users.connect
        security = lookups.security_profile(connect, settings.deactivated_security)
        routing = settings.deactivated_routing and lookups.routing_profile(connect, settings.deactivated_routing)
        if not security or (settings.deactivated_routing and not routing):
            lookups.forget()
            raise Refused("", "the instance has no such profile for deactivated users; create it")
        return security, routing

    def _give_up_unreadable(self, record: Record) -> None:
        self.tools.ledger.note_unreadable(record.key, record.fault)
        self._bury(record, None, record.fault)
        self.tally.count(results.FAILED)

    def _bury(self, record: Record, request: Request | None, reason: str) -> None:
        """Sends the reason to the dead-letter queue, with the row's place in its upload."""
        url = self.tools.settings.dead_letters
        if not url:
            return
        place = {"key": request.key, "sequencer": request.sequencer, "row": request.row} if request else {}
        body: dict[str, Any] = {"instance": record.instance_id, "record": record.id, "reason": reason, "upload": place}
        self.tools.call("sqs:SendMessage", {"QueueUrl": url, "MessageBody": json.dumps(body)})


def _is_same(now: Request, request: Request) -> bool:
    return (now.key, now.sequencer, now.row) == (request.key, request.sequencer, request.row)


def _line_of(request: Request, item: RosterItem) -> ResultRow:
    """Returns the line of a request that has its result in the roster."""
    word = item.last_result or results.FAILED
    return _line(request, word, item.last_column or "", item.last_error or "")


def _line(request: Request, word: str, column: str = "", reason: str = "") -> ResultRow:
    return ResultRow(request.row, request.agent.username, word, column, reason)


def _seconds(at: str, otherwise: float) -> float:
    """Returns the epoch seconds of a time in ISO's form."""
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return otherwise
