"""The headers of calls."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reconciler.aws.client import Aws
from reconciler.aws.pacer import Pacer
from reconciler.pacing import Rates
from reconciler.sandbox import INSTANCE_ID
from tests.worlds.world import World, session


@pytest.mark.parametrize("writes", [False, True])
def test_cloudtrail_shows_the_user_agent(world: World, writes: bool) -> None:
    """CloudTrail's `userAgent` is this header."""
    aws = Aws(session(), INSTANCE_ID, Pacer(Rates(default=None)))
    agents: list[Any] = []
    aws._client("connect", writes).meta.events.register(
        "before-send.connect.ListQueues", lambda request, **_: agents.append(request.headers["User-Agent"])
    )

    call = aws.write if writes else aws.read
    call("connect", "ListQueues", {})

    assert [re.sub(rb"[\d.]+", b"#", agent) for agent in agents] == [b"reconcile/# Boto#/# Botocore/#"]
