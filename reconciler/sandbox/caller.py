"""The caller of the request that is being answered, for operations whose answer depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_authorization: ContextVar[str] = ContextVar("authorization", default="")


@contextmanager
def calling(authorization: str) -> Iterator[None]:
    """Notes the header of a request while it is answered."""
    token = _authorization.set(authorization)
    try:
        yield
    finally:
        _authorization.reset(token)


def authorization() -> str:
    """Returns the header Authorization of the request that this thread answers, or an empty text."""
    return _authorization.get()
