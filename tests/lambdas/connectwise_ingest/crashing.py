"""A function that dies before or after its n-th call to AWS or to the vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.session
import requests

from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.calls import Patience
from tests.lambdas.dying import Killed


@dataclass
class Reaper:
    """Counts calls; the `at`-th one, from 1 on, is the last. `after`: it is carried out first."""

    at: int | None = None
    after: bool = False
    made: list[str] = field(default_factory=list)

    def call(self, name: str, make: Callable[[], Any]) -> Any:
        self.made.append(name)
        is_last = len(self.made) == self.at
        if is_last and not self.after:
            raise Killed(name)
        answer = make()
        if is_last:
            raise Killed(name)
        return answer

    def client(self, service: str, region: str, patience: Patience, session: botocore.session.Session | None) -> Any:
        return _Client(calls.client(service, region, patience, session), service, self)

    @contextmanager
    def over_http(self) -> Iterator[None]:
        """Counts requests to the vendor too, inside the block."""
        send = requests.Session.send

        def counted(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
            answer: requests.Response = self.call("vendor:GET", lambda: send(session, request, **more))
            return answer

        requests.Session.send = counted  # type: ignore[method-assign]
        try:
            yield
        finally:
            requests.Session.send = send  # type: ignore[method-assign]


class _Client:
    def __init__(self, client: Any, service: str, reaper: Reaper) -> None:
        self._client, self._service, self._reaper = client, service, reaper

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if not callable(method):
            return method
        return lambda **params: self._reaper.call(f"{self._service}:{name}", lambda: method(**params))
