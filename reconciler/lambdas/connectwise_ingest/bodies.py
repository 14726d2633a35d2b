"""Bodies of answers as JSON values, also those that a strict parser refuses: half characters, NaN."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson


def read_json(body: bytes) -> Any:
    """Returns the value. Raises `ValueError` if it is not JSON, or is cut."""
    try:
        with _no_garbage_collection():
            return orjson.loads(body)
    except orjson.JSONDecodeError:
        # Free text may hold half of a character pair, which orjson refuses; the whole page would be lost with it.
        text = body.decode("utf-8", "replace")
        try:
            return _whole(json.loads(text, strict=False, parse_constant=str))
        except RecursionError as wrong:
            raise ValueError("nested too deeply") from wrong


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Disables the garbage collector, whose search for cycles takes a quarter of the time of parsing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _whole(value: Any) -> Any:
    """Returns a value whose texts have a replacement character for each half one."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list():
            return [_whole(item) for item in value]
        case dict():
            return {_whole(name): _whole(item) for name, item in value.items()}
        case _:
            return value
