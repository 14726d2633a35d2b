"""Remembers recently found sessions: a flow that calls several times for one contact asks Connect once."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.lambdas.session_data.identifiers import Session

# Seconds. A later block of the flow may replace a contact's session.
LIFE = 60.0
MOST = 1000
Contact = tuple[str, str]
"""Instance and contact."""


class Known:
    """The sessions of one container; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: dict[Contact, tuple[Session, float]] = {}

    def get(self, contact: Contact) -> Session | None:
        session, until = self._sessions.get(contact, (None, 0.0))
        return session if self._clock() < until else None

    def remember(self, contact: Contact, session: Session) -> None:
        self.forget(contact)
        while len(self._sessions) >= MOST:
            del self._sessions[next(iter(self._sessions))]
        self._sessions[contact] = (session, self._clock() + LIFE)

    def forget(self, contact: Contact) -> None:
        self._sessions.pop(contact, None)
