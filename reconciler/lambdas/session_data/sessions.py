"""Finds a contact's session, from the flow, from memory or from Connect, and writes to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.session_data import identifiers
from reconciler.lambdas.session_data.actions import DESCRIBE_CONTACT, UPDATE_SESSION_DATA, describe_need
from reconciler.lambdas.session_data.identifiers import Session
from reconciler.lambdas.session_data.known import Known
from reconciler.lambdas.session_data.pairs import as_data
from reconciler.lambdas.session_data.refusals import Code, Refused
from reconciler.lambdas.session_data.target import Target, must_be_of
from reconciler.lambdas.shared.actions import Action
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime
from reconciler.lambdas.shared.logs import Log

# Seconds before the next read of a session that the flow may just have created: 1.4 in all.
PAUSES = (0.1, 0.2, 0.4, 0.7)
DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedException"})


@dataclass(frozen=True)
class Sessions:
    """The session of one event."""

    contact: str
    target: Target
    calls: Calls
    client: Callable[[str, str], Any]
    known: Known
    log: Log
    remembered: Session | None
    """From an event before; the contact may have another one by now."""

    def find(self) -> Session:
        """Returns the session. Raises `Refused` if there is none, or if it belongs to another assistant."""
        if self.target.session:
            return self.target.session
        known = self.known.get(self._key)
        # A later block of the flow may have given the contact a session of another assistant.
        return known if known and known.assistant == self.target.assistant else self._looked_up()

    def write(self, chunk: tuple[tuple[str, str], ...]) -> Session:
        """Writes the entries and returns the session. Writing twice is harmless, so a lost reply may be retried."""
        session = self.find()
        try:
            self._update(session, chunk)
        except Refused as refused:
            if session != self.remembered or refused.aws_code != "ResourceNotFoundException":
                raise
            self.known.forget(self._key)
            session = self.find()
            self._update(session, chunk)
        return session

    @property
    def _key(self) -> tuple[str, str]:
        return self.target.instance, self.contact

    def _looked_up(self) -> Session:
        self.log.debug("looking up", contactId=self.contact, instanceId=self.target.instance)
        for pause in (*PAUSES, None):
            arn = self._session_arn()
            if arn:
                session = identifiers.session(arn)
                if session is None:
                    raise Refused(Code.SESSION_NOT_FOUND, "Connect names a session that is none of Q in Connect's")
                self.known.remember(self._key, session)
                return must_be_of(session, self.target.assistant)
            if pause is None or not self.calls.has_time(pause):
                break
            self.calls.sleep(pause)
        raise Refused(
            Code.SESSION_NOT_FOUND,
            "the contact has no session: is Q in Connect enabled for the instance, and does the flow's assistant block "
            "come before this one and set the session on the contact?",
        )

    def _session_arn(self) -> str:
        request = {"InstanceId": self.target.instance, "ContactId": self.contact}
        answer = self._call(DESCRIBE_CONTACT, lambda client: client.describe_contact(**request))
        return str((answer["Contact"].get("WisdomInfo") or {}).get("SessionArn") or "")

    def _update(self, session: Session, chunk: tuple[tuple[str, str], ...]) -> None:
        request = {"assistantId": self.target.assistant, "sessionId": session.id, "data": as_data(chunk)}
        self._call(UPDATE_SESSION_DATA, lambda client: client.update_session_data(**request))

    def _call(self, action: Action, call: Callable[[Any], Any]) -> Any:
        client = self.client(action.service, self.target.region)
        try:
            return self.calls.make(action.allows, lambda: call(client))
        except OutOfTime as late:
            raise Refused(Code.TIMEOUT, f"no time was left to ask {action.allows}") from late
        except CallFailed as failed:
            raise _refusal(action, failed, self.target) from failed


def _refusal(action: Action, failed: CallFailed, target: Target) -> Refused:
    """Returns the refusal in the function's own words: AWS's text may repeat the request."""
    if failed.code in DENIED:
        message = f"the role needs {describe_need(action, target)}"
    elif failed.may_be_done:
        may_be_written = "; it may have been carried out" if action is UPDATE_SESSION_DATA else ""
        message = f"{action.allows} got no clear answer ({failed.code}){may_be_written}"
    else:
        message = f"{action.allows} was refused: {failed.code}"
    return Refused(Code.AWS_ERROR, message, aws_code=failed.code, request_id=failed.request_id)
