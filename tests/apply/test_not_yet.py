"""A service that does not know yet what this run just wrote, such as a new role: apply waits for it, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from reconciler.errors import CallError, Fate, Meaning
from reconciler.model import Manifest, Result, Status
from reconciler.pacing import Rates
from reconciler.port import Answer, AwsPort, Params
from tests.builders.resources import hours, queue
from tests.worlds.simulated import timed
from tests.worlds.world import World


class Early:
    """A port whose first writes of an operation come too early. Other calls go through."""

    def __init__(self, operation: str, times: int, aws: AwsPort, meaning: Meaning = Meaning.NOT_YET) -> None:
        self._operation, self._left, self._aws, self._meaning = operation, times, aws, meaning

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        return self._aws.read(service, operation, params)

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        return self._aws.pages(service, operation, items, params)

    def write(self, service: str, operation: str, params: Params) -> Answer:
        if operation == self._operation and self._left:
            self._left -= 1
            message = "The role cannot be assumed."
            raise CallError(f"{service}:{operation}", "InvalidRole", message, fate=Fate.REFUSED, meaning=self._meaning)
        return self._aws.write(service, operation, params)

    def delay(self, call: str) -> float:
        return self._aws.delay(call)

    def counts(self) -> Mapping[str, int]:
        return self._aws.counts()


def queue_after(world: World, early: int, *wanted: Manifest, operation: str = "CreateQueue") -> tuple[Result, float]:
    """Returns the result of the queue whose call came too early, and the seconds of the run."""
    seen = world.preview(*wanted)
    run, seconds = timed(world, seen, Rates(default=None), around=partial(Early, operation, early))
    results = {seen.plan.changes[item.change].ref.kind: result for item, result in run.results.items()}
    return results["Queue"], seconds


def test_a_call_is_repeated_until_aws_knows_what_this_run_created(world: World) -> None:
    result, seconds = queue_after(world, 5, hours(), queue())

    assert result.status is Status.DONE
    assert 10 < seconds < 60


def test_a_changed_resource_spreads_too(world: World) -> None:
    world.run(hours())

    result, _ = queue_after(world, 5, hours(description="changed"), queue())

    assert result.status is Status.DONE


def test_patience_ends_after_two_minutes_with_awss_words(world: World) -> None:
    result, seconds = queue_after(world, 1000, hours(), queue())

    assert (result.status, result.message) == (Status.FAILED, "The role cannot be assumed.")
    assert seconds == pytest.approx(130, abs=10)


def test_a_resource_that_the_run_leaves_alone_is_not_waited_for(world: World) -> None:
    world.run(hours())

    result, seconds = queue_after(world, 1000, hours(), queue())

    assert result.status is Status.FAILED
    assert seconds < 1


def test_an_update_waits_as_a_create_does(world: World) -> None:
    world.run(hours(), queue())

    result, _ = queue_after(
        world, 3, hours(), hours("night"), queue(hoursOfOperation="night"), operation="UpdateQueueHoursOfOperation"
    )

    assert result.status is Status.DONE


@pytest.mark.parametrize(("early", "status"), [(5, Status.DONE), (99, Status.FAILED)])
def test_a_call_that_aws_refuses_for_a_while_is_repeated(world: World, early: int, status: Status) -> None:
    """The name of a deleted queue of Amazon SQS is taken for a minute."""
    seen = world.preview(hours())
    around = partial(Early, "CreateHoursOfOperation", early, meaning=Meaning.LATER)

    run, seconds = timed(world, seen, Rates(default=None), around=around)

    assert {result.status for result in run.results.values()} == {status}
    assert 10 < seconds < 150
