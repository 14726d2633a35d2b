"""Handles one event: reads it, finds instance, assistant and session, selects the parameters, writes, and logs."""

from __future__ import annotations

from dataclasses import replace
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
from reconciler.lambdas.shared.logs import Log, code_places
from reconciler.lambdas.shared.metrics import embedded
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

NAMESPACE = "reconcile/session_data"
MARGIN = 0.3  # seconds that the runtime needs afterwards


class SessionData:
    """The state of a container between events: clients, and recently found sessions."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._known = Known(around.clock)
        self._clients: dict[tuple[str, str], Any] = {}
        self._is_cold = True

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """Returns a flat map of texts, or the old format. Raises `SessionDataFailed` if the settings ask for it."""
        passed, is_cold = self.around.stopwatch(), self._is_cold
        self._is_cold = False
        form = read_form(self.around.environ)
        log = self.around.log(context, version=VERSION, coldStart=is_cold)
        try:
            settings = read_settings(self.around.environ)
        except Refused as refused:
            outcome = Outcome().refused(refused)
        else:
            log = replace(log, is_debug=settings.is_debug)
            outcome = self._outcome(event, settings, self._calls(settings, context), log)
        self._log_outcome(log, outcome, function_name(context, "session_data"), passed())
        if outcome.is_failure and form.raises:
            raise SessionDataFailed(f"{outcome.code}: {outcome.message}")
        return as_legacy(outcome) if form.is_legacy else dict(as_flat(outcome))

    def _outcome(self, event: Any, settings: Settings, calls: Calls, log: Log) -> Outcome:
        outcome = Outcome()
        try:
            request = read_event(event)
            outcome = replace(outcome, contact=request.contact)
            pairs = make_pairs(request.parameters, settings)
            outcome = outcome.of(pairs)
            target = find_target(request, settings)
            outcome = replace(outcome, instance=target.instance, assistant=target.assistant)
            log.debug("sorted", contactId=request.contact, entries=_shown(pairs.entries, settings))
            if not pairs.entries:
                return replace(outcome, status="empty")
            remembered = self._known.get((target.instance, request.contact))
            sessions = Sessions(request.contact, target, calls, self._client, self._known, log, remembered)
            outcome = replace(outcome, session=sessions.find().id)
            for chunk in pairs.chunks():
                session = sessions.write(chunk)
                outcome = replace(outcome, session=session.id, updated=outcome.updated + len(chunk))
            return replace(outcome, status="updated")
        except Refused as refused:
            return outcome.refused(refused)
        except Exception as wrong:  # After any error the flow gets an answer, and the alarm a metric.
            log.line("ERROR", "unforeseen", {"where": code_places(wrong), "type": type(wrong).__name__})
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

    def _log_outcome(self, log: Log, outcome: Outcome, function: str, milliseconds: float) -> None:
        """Logs the one line of an event; CloudWatch takes its metrics from it."""
        metrics = as_metrics(outcome, milliseconds)
        fields = as_log(outcome) | {"durationMs": milliseconds}
        line = embedded(NAMESPACE, {"FunctionName": function}, metrics, self.around.now())
        log.line("ERROR" if outcome.is_failure else "INFO", f"session data: {outcome.status}", fields, line)


def _shown(entries: tuple[tuple[str, str], ...], settings: Settings) -> dict[str, str]:
    """Returns the length of each value, and the values that the settings allow to log."""
    return {key: text if key in settings.logged_keys else f"<{len(text)} characters>" for key, text in entries}
