"""Keeps what botocore and moto would prepare again for each test: service models, client classes and address patterns.

Nothing that is kept depends on a test: it is a pure function of the installed packages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FunctionType, MethodType
from typing import Any

import botocore.client
import botocore.hooks
import botocore.session
import moto.core.models
import pytest


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
        yield


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
