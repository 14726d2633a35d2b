"""JSON values as columns: exact types, and drift that is kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.connectwise_ingest.bodies import read_json
from reconciler.lambdas.connectwise_ingest.values import coerced, column, microseconds, whole_number

NOON = datetime(2026, 1, 1, 12)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("bigint", 7, 7),
        ("bigint", 7.0, 7),
        ("bigint", "7", 7),
        ("bigint", 0, 0),
        ("bigint", "", ...),
        ("bigint", 7.5, ...),
        ("bigint", True, ...),
        ("bigint", 2**63, ...),
        ("bigint", {"id": 7}, ...),
        ("bigint", "Infinity", ...),
        ("decimal", 3, Decimal("3.0000")),
        ("decimal", 3.0, Decimal("3.0000")),
        ("decimal", "3", Decimal("3.0000")),
        ("decimal", 0.1 + 0.2, Decimal("0.3000")),
        ("decimal", 123456789012.5, Decimal("123456789012.5000")),
        ("decimal", 10**14, ...),
        ("decimal", "many", ...),
        ("decimal", False, ...),
        ("boolean", True, True),
        ("boolean", "FALSE", False),
        ("boolean", 1, ...),
        ("boolean", "yes", ...),
        ("timestamp", "2026-01-01T12:00:00Z", NOON),
        ("timestamp", "2026-01-01T12:00:00+00:00", NOON),
        ("timestamp", "2026-01-01T13:00:00+01:00", NOON),
        ("timestamp", "2026-01-01T12:00:00.25Z", NOON.replace(microsecond=250_000)),
        ("timestamp", "2026-01-01T12:00:00", ...),
        ("timestamp", "soon", ...),
        ("timestamp", 5, ...),
        ("text", "x", "x"),
        ("text", "", ""),
        ("text", 7, "7"),
        ("text", 7.0, "7"),
        ("text", 7.5, "7.5"),
        ("text", 1e20, "100000000000000000000"),
        ("text", True, "true"),
        ("text", [1], "[1]"),
    ],
)
def test_a_value_is_taken_by_its_meaning(kind: str, value: Any, expected: Any) -> None:
    """`...`: it does not fit."""
    assert coerced(kind, value) == ((False, None) if expected is ... else (True, expected))
    assert coerced(kind, None) == (True, None)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from(["7", "7.0", "2026-01-01T12:00:00Z", "2026-01-01T13:00:00+01:00", "true"]),
)


@given(st.sampled_from(["bigint", "decimal", "boolean", "timestamp", "text"]), st.lists(VALUES, max_size=6))
def test_a_value_never_depends_on_the_values_beside_it(kind: str, values: list[Any]) -> None:
    """Otherwise a record that did not change would seem to."""
    whole, wrong = column(kind, values, set(map(type, values)))

    alone = [column(kind, [value], {type(value)}) for value in values]
    assert whole.to_pylist() == [array[0].as_py() for array, _ in alone]
    assert wrong == [place for place, (_, wrong) in enumerate(alone) if wrong]


def test_columns_of_nulls_have_their_type() -> None:
    """S2-4."""
    types = {
        kind: str(column(kind, [None, None], {type(None)})[0].type)
        for kind in ("bigint", "decimal", "boolean", "timestamp", "text")
    }

    assert types == {
        **{"bigint": "int64", "decimal": "decimal128(18, 4)", "boolean": "bool"},
        **{"timestamp": "timestamp[us]", "text": "string"},
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), ("8", 8), (7.0, 7), (9.5, None), (None, None), (True, None), ("x", None), (2**63, None)],
)
def test_an_id_is_a_whole_number(value: Any, expected: int | None) -> None:
    """Id 0 is an id."""
    assert whole_number(value) == expected


def test_instants_are_microseconds() -> None:
    assert microseconds("1970-01-02T00:00:00.000001Z") == 86_400_000_001
    assert microseconds(None) is None
    assert microseconds("soon") is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'[{"a": 1}]', [{"a": 1}]),
        (b'["half \\ud800", NaN]', ["half ?", "NaN"]),
        (b'{"\\ud800": [null, true]}', {"?": [None, True]}),
        (b'["\\ud800", 18446744073709551615, 18446744073709551616]', ["?", 2**64 - 1, 2.0**64]),
        (b"[1e400, -1e400, 1e-400, 7.5, -9]", ["1e400", "-1e400", 0.0, 7.5, -9]),
        (b"[NaN, " + b"9" * 5000 + b"]", ["NaN", "9" * 5000]),
        (b"null", None),
    ],
)
def test_bodies_are_read_also_with_half_characters(body: bytes, expected: Any) -> None:
    assert read_json(body) == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b'[{"a": 1}', b"[" * 100_000])
def test_a_cut_body_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_json(body)
