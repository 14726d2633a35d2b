"""Export: what is live becomes manifests, and then there is nothing to do."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.desired import read_desired
from reconciler.export import Exported, write_manifests
from reconciler.live import read
from reconciler.model import Desired, Live, Ref
from reconciler.reconcile import Options, preview, run
from tests.stages.live_tables import Made, live_tables, make, names
from tests.world import World

quick = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
thorough = settings(quick, max_examples=200)
several = st.lists(names, unique_by=str.casefold, min_size=1, max_size=3).flatmap(
    lambda named: st.tuples(*(live_tables(name) for name in named))
)


def exported(world: World, root: Path, *only: str) -> Exported:
    """Everything live, or the tables named, below the root's manifests."""
    world.environment = world.with_settings(root=root).environment

    def covers(ref: Ref) -> bool:
        return not only or ref.name in only

    seen = read(world.aws, world.environment.scope, {}, covers)
    return write_manifests(seen, root / "manifests/base", covers, root=root)


def desired(world: World) -> Desired:
    return read_desired(world.environment, {})


def lives(world: World) -> dict[Ref, Live]:
    return dict(read(world.aws, world.environment.scope, {}, lambda ref: True).live)


def contents(live: Live) -> Any:
    parts = {part.name: part for part in live.spec.attributes}
    cells = {
        (tuple(sorted(record.key.items())), name): cell.text
        for record in live.records
        for name, cell in record.cells.items()
    }
    return live.spec.model_copy(update={"attributes": ()}), parts, cells


def comes_back(world: World, tables: tuple[Made, ...]) -> None:
    world.control.reset()
    for table in tables:
        make(world.connect, table)
    with TemporaryDirectory() as folder:
        found = exported(world, Path(folder))
        before = {ref: contents(live) for ref, live in lives(world).items()}
        world.adopt()

        seen = preview(Options(world.environment, world.aws))

        assert found.notes == ()
        assert (seen.plan.changes, seen.plan.orphans) == ((), ())
        assert [path for path in Path(folder).rglob("*") if path.name.startswith(".") and path.suffix == ".part"] == []
        world.control.reset()
        made = run(Options(world.environment, world.aws))
        assert made.exit_code == 0
        assert {ref: contents(live) for ref, live in lives(world).items()} == before


@quick
@given(several)
def test_what_is_exported_plans_nothing_and_makes_the_same_again(world: World, tables: tuple[Made, ...]) -> None:
    comes_back(world, tables)


@pytest.mark.slow
@thorough
@given(several)
def test_what_is_exported_plans_nothing_and_makes_the_same_again_at_length(
    world: World, tables: tuple[Made, ...]
) -> None:
    comes_back(world, tables)
