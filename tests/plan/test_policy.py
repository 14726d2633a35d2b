"""How much one run may change before somebody must say so in the repository."""

from __future__ import annotations

import pytest

from reconciler.environment import Policy, Threshold
from reconciler.policy import refusals
from tests.shapes import attribute, key, many, table
from tests.world import World

AB = [key(), attribute("A"), attribute("B")]


def rows(count: int, **cells: str | None) -> list[dict[str, str | None]]:
    return [{"K": f"k{at:02}", "A": "1", "B": "1", **cells} for at in range(count)]


def refused(world: World, *manifests: object, **selection: object) -> tuple[str, ...]:
    seen = world.preview(*manifests, **selection)  # type: ignore[arg-type]
    return refusals(seen.plan, world.environment, seen.world.live)


@pytest.mark.parametrize(("left", "stopped"), [(7, False), (6, True)])
def test_a_third_of_a_table_s_rows_may_go_and_no_more(world: World, left: int, stopped: bool) -> None:
    world.run(table(AB, rows(10)))

    found = refused(world, table(AB, rows(left), prune=True))

    assert bool(found) is stopped
    assert all("policy.maxDelete" in line for line in found)


def test_small_tables_may_lose_any_share(world: World) -> None:
    world.run(table(AB, rows(9)))

    assert not refused(world, table(AB, rows(1), prune=True))


def test_a_third_of_an_attribute_s_cells_may_go_and_no_more(world: World) -> None:
    world.run(table(AB, rows(10)))
    wanted = [{**row, **({"B": None} if at < 4 else {})} for at, row in enumerate(rows(10))]

    (line,) = refused(world, table(AB, wanted))

    assert "delete cells of DataTable/T/B: 4 of 10" in line


@pytest.mark.parametrize(("changed", "stopped"), [(10, False), (11, True)])
def test_half_of_a_table_s_cells_may_change_and_no_more(world: World, changed: int, stopped: bool) -> None:
    world.run(many(20, others=1))

    assert bool(refused(world, many(20, others=1, changed=changed))) is stopped


def test_thresholds_are_settings(world: World) -> None:
    world.run(many(20, others=1))
    free = world.with_settings(policy=Policy(max_update=Threshold(share=1.0)))
    tight = world.with_settings(policy=Policy(max_update=Threshold(number=2)))

    assert not refused(free, many(20, others=1, changed=20))
    assert refused(tight, many(20, others=1, changed=3))


def test_max_delete_is_a_setting(world: World) -> None:
    world.run(table(AB, rows(10)))
    free = world.with_settings(policy=Policy(max_delete=Threshold(share=1.0)))

    assert not refused(free, table(AB, rows(1), prune=True))


def test_most_tables_do_not_go_in_one_run_unless_the_manifests_say_so(world: World) -> None:
    names = [f"T{at}" for at in range(10)]
    world.run(*(table(name=name) for name in names))
    addresses = [f"DataTable/{name}" for name in names[:4]]
    kept = [table(name=name) for name in names[4:]]

    assert "delete DataTable resources: 4 of 10" in refused(world, *kept, allow_delete=frozenset(addresses))[0]
    assert not refused(world, *kept, removed=addresses)


def test_a_plain_number_holds_for_few_things_too(world: World) -> None:
    world.run(table(AB, rows(3)))
    none = world.with_settings(policy=Policy(max_delete=Threshold(number=0)))

    assert "delete DataTable resources: 1 of 1" in refused(none, allow_delete=frozenset({"DataTable/T"}))[0]
    assert refused(none, table(AB, rows(2), prune=True))


def test_a_frozen_environment_refuses_everything_and_says_why(world: World) -> None:
    frozen = world.with_settings(frozen="until Monday")

    assert refused(frozen, table()) == ('environment "test" is frozen: until Monday',)
    world.run(table())
    assert not refused(frozen, table())
