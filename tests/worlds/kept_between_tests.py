"""Keeps what would be prepared again for each test: service models, client classes, address patterns and threads.

Nothing that is kept depends on a test: it is a pure function of the installed packages, or an idle thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from types import FunctionType, MethodType
from typing import Any, ClassVar

import botocore.client
import botocore.hooks
import botocore.session
import moto.core.models
import pytest

from reconciler.apply import workers
from reconciler.live import reading


@contextmanager
def kept_between_tests() -> Iterator[None]:
    """Makes a session, a client and a sandbox cheap after the first one of the process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        patch.setattr(botocore.hooks, "accepts_kwargs", _known_signatures(botocore.hooks.accepts_kwargs))
        patch.setattr(botocore.hooks.EventAliaser, "__init__", _known_aliases(botocore.hooks.EventAliaser.__init__))
        creator = botocore.client.ClientCreator
        patch.setattr(creator, "_create_client_class", _one_class_for_connect(creator._create_client_class))
        # 1,300 patterns of moto's, which answer the requests of the library `requests`.
        patch.setattr(moto.core.models, "CallbackResponse", cache(moto.core.models.CallbackResponse))
        for module in (reading, workers):
            patch.setattr(module, "ThreadPoolExecutor", KeptThreads)
        yield


class KeptThreads:
    """A thread pool whose threads outlive it. Each read starts eight, which is a fifth of the time of most tests.

    Pools that are open at the same time have threads of their own, as real ones do.
    """

    _idle: ClassVar[dict[tuple[int, str], list[ThreadPoolExecutor]]] = defaultdict(list)

    def __init__(self, max_workers: int, thread_name_prefix: str = "") -> None:
        self._key = (max_workers, thread_name_prefix)
        idle = self._idle[self._key]
        self._pool = idle.pop() if idle else ThreadPoolExecutor(max_workers, thread_name_prefix)
        self._jobs: list[Future[Any]] = []
        self._is_open = True

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        self._jobs.append(self._pool.submit(work, *arguments))
        return self._jobs[-1]

    def shutdown(self) -> None:
        wait(self._jobs)
        if self._is_open:
            self._is_open = False
            self._idle[self._key].append(self._pool)

    def __enter__(self) -> KeptThreads:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()


def _known_signatures(accepts_kwargs: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Returns botocore's check of a handler, which inspects each function once."""
    known = cache(accepts_kwargs)

    def accepts(handler: Any) -> bool:
        match handler:
            case MethodType():
                return known(handler.__func__)
            case FunctionType():
                return known(handler)
            case _:
                return accepts_kwargs(handler)

    return accepts


def _known_aliases(init: Callable[..., None]) -> Callable[..., None]:
    """Returns botocore's constructor of the table of event names, which it otherwise fills again for each session."""
    known: dict[str, str] = {}

    def begin(aliaser: Any, *arguments: Any) -> None:
        init(aliaser, *arguments)
        aliaser._alias_name_cache = known

    return begin


def _one_class_for_connect(create: Callable[..., type]) -> Callable[..., type]:
    """Returns botocore's maker of client classes, which makes Amazon Connect's 400 methods once."""
    made: list[type] = []

    def create_once(creator: Any, service_name: str, service_model: Any) -> type:
        if service_name != "connect":
            return create(creator, service_name, service_model)
        if not made:
            made.append(create(creator, service_name, service_model))
        return made[0]

    return create_once
