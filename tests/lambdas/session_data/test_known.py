"""Sessions that a container remembers: for a minute, and a thousand of them."""

from __future__ import annotations

from reconciler.lambdas.session_data.identifiers import Session
from reconciler.lambdas.session_data.known import LIFE, MOST, Known
from tests.lambdas.invocations import Clock

HERE = Session("session", "assistant")


def test_a_session_is_known_until_its_time_is_over() -> None:
    clock = Clock()
    known = Known(clock)
    known.remember(("i", "c"), HERE)

    assert known.get(("i", "c")) == HERE
    assert known.get(("i", "another")) is None
    clock.sleep(LIFE)
    assert known.get(("i", "c")) is None


def test_the_oldest_makes_room_for_the_newest() -> None:
    known = Known(Clock())
    for number in range(MOST + 1):
        known.remember(("i", str(number)), HERE)

    assert known.get(("i", "0")) is None
    assert known.get(("i", "1")) == known.get(("i", str(MOST))) == HERE
