"""Bodies of answers as JSON values, also those that a strict parser refuses: half characters, NaN, 1e400."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

# No number of 64 bits is longer. Python refuses to read thousands of digits.
_DIGITS = 25


def read_json(body: bytes) -> Any:
    """Returns the value. Raises `ValueError` if it is not JSON, or is cut."""
    try:
        with no_garbage_collection():
            return orjson.loads(body)
    except orjson.JSONDecodeError:
        # Free text may hold half of a character pair, which orjson refuses; the whole page would be lost with it.
        text = body.decode("utf-8", "replace")
        try:
            return _whole(json.loads(text, strict=False, parse_constant=str, parse_float=_float, parse_int=_int))
        except RecursionError as wrong:
            raise ValueError("nested too deeply") from wrong


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Disables the garbage collector, whose search for cycles takes a quarter of the time of parsing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _float(text: str) -> float | str:
    """Returns the number, or the text of one that no float holds."""
    number = float(text)
    return number if math.isfinite(number) else text


def _int(text: str) -> int | float | str:
    """Returns a whole number as orjson does, which can write no larger one: with more than 64 bits as a float."""
    if len(text) < _DIGITS and -(2**63) <= (number := int(text)) < 2**64:
        return number
    return _float(text)


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
