"""JSON values as Arrow columns of exact types. The result of a value never depends on the values beside it.

A column whose values have the expected JSON types is converted as a whole. Otherwise each value is taken by its
meaning: 7, 7.0 and "7" are one bigint. A value that does not fit is None, and its position is reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

DECIMAL = pa.decimal128(18, 4)
TIME = pa.timestamp("us")
TYPES = {
    "bigint": pa.int64(),
    "decimal": DECIMAL,
    "boolean": pa.bool_(),
    "timestamp": TIME,
    "text": pa.string(),
    "json": pa.string(),
}
EXPECTED: dict[str, frozenset[type]] = {
    "bigint": frozenset({int, type(None)}),
    "decimal": frozenset({int, float, type(None)}),
    "boolean": frozenset({bool, type(None)}),
    "timestamp": frozenset({str, type(None)}),
    "text": frozenset({str, type(None)}),
}
# A float has 15 exact digits: below this, 4 of them may be behind the point.
_EXACT = 1e11
_LARGEST = Decimal(10) ** 14
_MILLION = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def column(kind: str, values: Sequence[Any], types: AbstractSet[type]) -> tuple[pa.Array, list[int]]:
    """Returns the column and the positions of the values that do not fit, which are null in it.

    `kind` is a type of a source table but not `json`. `types` are those of the values.
    """
    if types <= EXPECTED[kind]:
        try:
            return _WHOLE[kind](values), []
        except (pa.ArrowInvalid, OverflowError):
            pass  # One value does not fit: each is judged alone.
    taken, wrong = list[Any](), list[int]()
    for position, value in enumerate(values):
        fits, fitting = coerced(kind, value)
        taken.append(fitting)
        if not fits:
            wrong.append(position)
    return pa.array(taken, TYPES[kind]), wrong


def coerced(kind: str, value: Any) -> tuple[bool, Any]:
    """Returns whether a value fits the type by its meaning, and the fitting value or None."""
    if value is None:
        return True, None
    try:
        fitting = _SINGLE[kind](value)
    except (InvalidOperation, ValueError, OverflowError, TypeError):
        return False, None
    return True, fitting


def whole_number(value: Any) -> int | None:
    """Returns the value as an id, or None if it is not a whole number of 64 bits."""
    if type(value) is int and -(2**63) <= value < 2**63:
        return value
    number: int | None = coerced("bigint", value)[1]
    return number


def microseconds(text: Any) -> int | None:
    """Returns the epoch microseconds of an instant with an offset, or None."""
    fits, instant = coerced("timestamp", text)
    if not fits or instant is None:
        return None
    passed = instant.replace(tzinfo=UTC) - _EPOCH
    whole: int = (passed.days * 86_400 + passed.seconds) * _MILLION + passed.microseconds
    return whole


def _decimals(values: Sequence[Any]) -> pa.Array:
    floats = pa.array(values, pa.float64())
    largest = pc.max(pc.abs(floats)).as_py()
    if largest is not None and largest >= _EXACT:
        raise OverflowError
    return floats.cast(DECIMAL)


def _instants(values: Sequence[Any]) -> pa.Array:
    texts = pa.array(values, pa.string())
    instants = pc.strptime(texts, format="%Y-%m-%dT%H:%M:%SZ", unit="us", error_is_null=True)
    if instants.null_count != texts.null_count:
        raise OverflowError
    return instants


def _bigint(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value() or not -(2**63) <= number < 2**63:
        raise ValueError
    return int(number)


def _decimal(value: Any) -> Decimal:
    number = _number(value)
    if abs(number) < _EXACT:
        # The same arithmetic as for a whole column.
        rounded: Decimal = pa.scalar(float(number)).cast(DECIMAL).as_py()
        return rounded
    if abs(number) >= _LARGEST:
        raise ValueError
    return number.quantize(Decimal("0.0001"))


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError
    number = Decimal(value.strip() if isinstance(value, str) else str(value))
    if not number.is_finite():
        raise ValueError
    return number


def _boolean(value: Any) -> bool:
    word = str(value).lower()
    if not isinstance(value, (bool, str)) or word not in ("true", "false"):
        raise ValueError
    return word == "true"


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an instant without an offset may be of any zone")
    return instant.astimezone(UTC).replace(tzinfo=None)


def _text(value: Any) -> str:
    """Returns numbers in one spelling, so that 7 and 7.0 are one text."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if type(value) is float and math.isfinite(value):
        return format(Decimal(str(value)).normalize(), "f")
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


_WHOLE: dict[str, Callable[[Sequence[Any]], pa.Array]] = {
    "bigint": lambda values: pa.array(values, pa.int64()),
    "decimal": _decimals,
    "boolean": lambda values: pa.array(values, pa.bool_()),
    "timestamp": _instants,
    "text": lambda values: pa.array(values, pa.string()),
}
_SINGLE: dict[str, Callable[[Any], Any]] = {
    "bigint": _bigint,
    "decimal": _decimal,
    "boolean": _boolean,
    "timestamp": _instant,
    "text": _text,
}
