"""The story of one event: read it, find instance and assistant, sort the parameters, find the session, write, tell."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.lambdas.session_data import VERSION
from reconciler.lambdas.session_data.event import read_event
from reconciler.lambdas.session_data.known import Known
from reconciler.lambdas.session_data.outcome import Outcome, as_flat, as_legacy, as_log, as_metrics
from reconciler.lambdas.session_data.pairs import make_pairs
from reconciler.lambdas.session_data.refusals import Code, Refused, SessionDataFailed
from reconciler.lambdas.session_data.sessions import Sessions
from reconciler.lambdas.session_data.settings import Settings, read_form, read_settings
from reconciler.lambdas.session_data.target import find_target
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log
from reconciler.lambdas.shared.metrics import embedded

NAMESPACE = "reconcile/session_data"
MARGIN = 0.3  # seconds that the runtime needs after us


@dataclass(frozen=True)
class Surroundings:
    """All that is not in the event. `clock` counts seconds, `now` is the epoch's, `random` gives 0 to 1."""

    environ: Mapping[str, str]
    client: Callable[[str, str], Any]
    """Of a service in a Region."""
    clock: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    write: Callable[[str], None]


class SessionData:
    """What a container keeps from event to event: clients, and the sessions found shortly before."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._known = Known(around.clock)
        self._clients: dict[tuple[str, str], Any] = {}
        self._is_cold = True

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """A flat map of texts, or the old shape. Raises `SessionDataFailed` where the settings ask for that."""
        began, is_cold = self.around.clock(), self._is_cold
        self._is_cold = False
        form = read_form(self.around.environ)
        said = {"requestId": getattr(context, "aws_request_id", ""), "version": VERSION, "coldStart": is_cold}
        log = Log(said, self.around.write)
        try:
            settings = read_settings(self.around.environ)
        except Refused as refused:
            outcome = Outcome().refused(refused)
        else:
            log = replace(log, is_debug=settings.is_debug)
            outcome = self._outcome(event, settings, self._calls(settings, context), log)
        self._tell(log, outcome, getattr(context, "function_name", "session_data"), began)
        if outcome.is_failure and form.raises:
            raise SessionDataFailed(f"{outcome.code}: {outcome.message}")
        return as_legacy(outcome) if form.is_legacy else dict(as_flat(outcome))

    def _outcome(self, event: Any, settings: Settings, calls: Calls, log: Log) -> Outcome:
        outcome = Outcome()
        try:
            asked = read_event(event)
            outcome = replace(outcome, contact=asked.contact)
            pairs = make_pairs(asked.parameters, settings)
            outcome = outcome.of(pairs)
            target = find_target(asked, settings)
            outcome = replace(outcome, instance=target.instance, assistant=target.assistant)
            log.debug("sorted", contactId=asked.contact, entries=_shown(pairs.entries, settings))
            if not pairs.entries:
                return replace(outcome, status="empty")
            remembered = self._known.get((target.instance, asked.contact))
            sessions = Sessions(asked.contact, target, calls, self._client, self._known, log, remembered)
            outcome = replace(outcome, session=sessions.find().id)
            for chunk in pairs.chunks():
                session = sessions.write(chunk)
                outcome = replace(outcome, session=session.id, updated=outcome.updated + len(chunk))
            return replace(outcome, status="updated")
        except Refused as refused:
            return outcome.refused(refused)
        except Exception as wrong:  # Whatever it is, the flow gets an answer, and the alarm a number.
            log.line("ERROR", "unforeseen", {"where": _where(wrong), "type": type(wrong).__name__})
            return outcome.refused(Refused(Code.INTERNAL, f"unforeseen {type(wrong).__name__}; the log says where"))

    def _calls(self, settings: Settings, context: Any) -> Calls:
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        budget = min(settings.budget, remaining() / 1000 - MARGIN) if remaining else settings.budget
        around = self.around
        return Calls(Deadline.within(budget, around.clock), around.sleep, around.random)

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self.around.client(service, region)
        return self._clients[service, region]

    def _tell(self, log: Log, outcome: Outcome, function: str, began: float) -> None:
        """The one line of an event; CloudWatch makes its metrics of it, too."""
        milliseconds = round((self.around.clock() - began) * 1000, 1)
        metrics = as_metrics(outcome, milliseconds)
        told = as_log(outcome) | {"durationMs": milliseconds}
        line = embedded(NAMESPACE, {"FunctionName": function}, metrics, self.around.now())
        log.line("ERROR" if outcome.is_failure else "INFO", f"session data: {outcome.status}", told, line)


def _shown(entries: tuple[tuple[str, str], ...], settings: Settings) -> dict[str, str]:
    """How long each value is, and what it is where that is let through."""
    return {key: text if key in settings.logged_keys else f"<{len(text)} characters>" for key, text in entries}


def _where(wrong: Exception) -> list[str]:
    """Places in the code; the words of an error may repeat what was in the event."""
    return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(wrong.__traceback__)]
