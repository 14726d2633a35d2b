"""What AWS hears of a call beside its parameters."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.pacing import Rates
from reconciler.sandbox import INSTANCE_ID
from tests.world import World, session


@pytest.mark.parametrize("writes", [False, True])
def test_the_log_of_an_account_shows_who_asked(world: World, writes: bool) -> None:
    """CloudTrail's `userAgent` is this header."""
    aws = Aws(session(), INSTANCE_ID, Pacer(Rates(default=None)))
    said: list[Any] = []
    aws._client("connect", writes).meta.events.register(
        "before-send.connect.ListQueues", lambda request, **_: said.append(request.headers["User-Agent"])
    )

    call = aws.write if writes else aws.read
    call("connect", "ListQueues", {})

    assert [re.sub(rb"[\d.]+", b"#", each) for each in said] == [b"reconcile/# Boto#/# Botocore/#"]
