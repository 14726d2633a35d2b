"""The most that one run may change without a change of the policy in the repository."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.model.environment import Policy, Threshold
from reconciler.plan import Selection
from reconciler.reconcile import Options, judged, run
from reconciler.review.policy import refusals
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, many, table
from tests.worlds.world import World

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AB = [key(), attribute("A"), attribute("B")]


def rows(count: int, **cells: str | None) -> list[dict[str, str | None]]:
    return [{"K": f"k{at:02}", "A": "1", "B": "1", **cells} for at in range(count)]


def refused(world: World, *manifests: object, **selection: object) -> tuple[str, ...]:
    seen = world.preview(*manifests, **selection)  # type: ignore[arg-type]
    return refusals(seen.plan, world.environment, seen.world.live)


@pytest.mark.parametrize(("left", "stopped"), [(7, False), (6, True)])
def test_a_run_may_delete_a_third_of_a_tables_rows(world: World, left: int, stopped: bool) -> None:
    world.run(table(AB, rows(10)))

    found = refused(world, table(AB, rows(left), prune=True))

    assert found == (
        (
            "would delete rows of DataTable/T: 4 of 10; policy.maxDelete is 30 %; raise it in reconcile.yaml in a "
            "reviewed change",
        )
        if stopped
        else ()
    )


def test_small_tables_may_lose_all_rows(world: World) -> None:
    world.run(table(AB, rows(9)))

    assert not refused(world, table(AB, rows(1), prune=True))


def test_a_run_may_delete_a_third_of_an_attributes_cells(world: World) -> None:
    world.run(table(AB, rows(10)))
    wanted = [{**row, **({"B": None} if at < 4 else {})} for at, row in enumerate(rows(10))]

    (line,) = refused(world, table(AB, wanted))

    assert "delete cells of DataTable/T/B: 4 of 10" in line


@pytest.mark.parametrize(("changed", "stopped"), [(10, False), (11, True)])
def test_a_run_may_update_half_of_a_tables_cells(world: World, changed: int, stopped: bool) -> None:
    world.run(many(20, others=1))

    assert bool(refused(world, many(20, others=1, changed=changed))) is stopped


def test_thresholds_are_settings(world: World) -> None:
    world.run(many(20, others=1))
    free = world.with_settings(policy=Policy(max_update=Threshold(percent=Decimal(100))))
    tight = world.with_settings(policy=Policy(max_update=Threshold(number=2)))

    assert not refused(free, many(20, others=1, changed=20))
    assert refused(tight, many(20, others=1, changed=3))


def test_max_delete_is_a_setting(world: World) -> None:
    world.run(table(AB, rows(10)))
    free = world.with_settings(policy=Policy(max_delete=Threshold(percent=Decimal(100))))

    assert not refused(free, table(AB, rows(1), prune=True))


def test_most_tables_are_deleted_only_by_tombstones(world: World) -> None:
    names = [f"T{at}" for at in range(10)]
    world.run(*(table(name=name) for name in names))
    addresses = [f"DataTable/{name}" for name in names[:4]]
    kept = [table(name=name) for name in names[4:]]

    assert "delete DataTable resources: 4 of 10" in refused(world, *kept, allow_delete=frozenset(addresses))[0]
    assert not refused(world, *kept, removed=addresses)


def test_an_absolute_number_also_applies_to_few_items(world: World) -> None:
    world.run(table(AB, rows(3)))
    none = world.with_settings(policy=Policy(max_delete=Threshold(number=0)))

    assert "delete DataTable resources: 1 of 1" in refused(none, allow_delete=frozenset({"DataTable/T"}))[0]
    assert refused(none, table(AB, rows(2), prune=True))


def test_a_frozen_environment_refuses_everything_with_its_reason(world: World) -> None:
    frozen = world.with_settings(frozen="until Monday")

    assert refused(frozen, table()) == ('environment "test" is frozen: until Monday',)
    world.run(table())
    assert not refused(frozen, table())


def test_a_refusal_of_several_attributes_is_one_line(world: World) -> None:
    """M3: one line per table, not per column."""
    world.run(table(AB, rows(10)))
    wanted = [{**row, **({"A": None, "B": None} if at < 4 else {})} for at, row in enumerate(rows(10))]
    kept = [*AB, attribute("C")]
    world.run(table(kept, [{**row, "C": "1"} for row in rows(10)]))

    (line,) = refused(world, table(kept, [{**row, "C": "1"} for row in wanted]))

    assert "delete cells of DataTable/T/A: 4 of 10" in line
    assert line.endswith("(and of 1 other attribute)")


def test_a_refusal_of_apply_is_a_finding_of_the_plan(world: World) -> None:
    """M3: the same sentences, before the review."""
    world.run(table(AB, rows(10)))
    frozen = world.with_settings(frozen="until Monday")
    seen = frozen.preview(table(AB, rows(6), prune=True))

    plan = judged(seen, frozen.environment, NOW).plan

    errors = [finding for finding in plan.findings if finding.severity == "error"]
    assert [(finding.address, finding.message) for finding in errors] == [
        ("", 'environment "test" is frozen: until Monday'),
        (
            "DataTable/T",
            "would delete rows of DataTable/T: 4 of 10; policy.maxDelete is 30 %; raise it in reconcile.yaml in a "
            "reviewed change",
        ),
    ]
    assert tuple(finding.message for finding in errors) == refusals(seen.plan, frozen.environment, seen.world.live)


def test_an_exact_limit_is_never_refused() -> None:
    """S-18: 29 of 100 are 29 %; as a float, 0.29 * 100 is less than 29."""
    for percent in range(101):
        limit = Threshold(percent=Decimal(percent))
        for total in range(0, 2001):
            most = percent * total // 100
            assert limit.allows(most, total)
            assert not limit.allows(most + 1, total)


@pytest.mark.parametrize(("percent", "text"), [("30", "30 %"), ("12.50", "12.5 %"), ("100.0", "100 %"), ("0", "0 %")])
def test_a_percentage_is_written_without_an_exponent(percent: str, text: str) -> None:
    assert str(Threshold(percent=Decimal(percent))) == text


def test_many_deletions_of_small_kinds_are_refused_together(world: World) -> None:
    """S-7: nine of each kind are below the number from which a percentage of one kind counts."""
    hours = [manifest("HoursOfOperation", f"H{at}", {"timeZone": "UTC", "config": []}) for at in range(6)]
    tables = [table(name=f"T{at}") for at in range(6)]
    world.run(*hours, *tables)

    (line,) = refused(world, *tables[:5], *hours[:3], prune=True, allow_delete=frozenset({"DataTable/T5"}))
    fewer = refused(world, *tables, *hours[:3], prune=True)

    assert line.startswith("would delete resources of all kinds together: 4 of 12; policy.maxDelete is 30 %")
    assert fewer == ()


def options(world: World, **selection: object) -> Options:
    return Options(world.environment, world.aws, Selection(**selection))  # type: ignore[arg-type]


@pytest.mark.parametrize("files", [{}, {"manifests/all.yaml": "kind: Nothing\n"}])
def test_prune_without_manifests_is_refused_and_names_destroy(
    world: World, tmp_path: Path, files: dict[str, str]
) -> None:
    """S-7: for example, the manifests are one folder too high. No threshold applies to few resources."""
    world.run(table(), manifest("HoursOfOperation", "H", {"timeZone": "UTC", "config": []}))
    (tmp_path / "manifests").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    done = run(options(world, prune=True, allow_delete=frozenset({"DataTable/T"})))

    assert (done.status, done.exit_code, done.totals.done) == ("refused", 3, 0)
    assert "no manifest is for environment test" in done.message
    assert "`reconcile destroy`" in done.message
    assert len(world.plan().orphans) == 2
    assert done.plan.findings[0].message == done.message


def test_prune_without_manifests_and_orphans_is_accepted(world: World, tmp_path: Path) -> None:
    (tmp_path / "manifests").mkdir()

    assert run(options(world, prune=True)).exit_code == 0


def test_a_tombstone_needs_no_manifest(world: World, tmp_path: Path) -> None:
    world.run(table())
    base = tmp_path / "manifests" / "base"
    base.mkdir(parents=True)
    (base / "gone.yaml").write_text("kind: Removed\nspec: {addresses: [DataTable/T]}\n")

    assert run(options(world)).exit_code == 0
    assert not world.plan().orphans


def test_a_rename_of_a_column_hides_no_deletion_from_the_policy(world: World) -> None:
    world.run(table([key(), attribute("A")], [{"K": f"k{at}", "A": "1"} for at in range(40)]))
    seen = world.preview(table([key(), attribute("B", renamedFrom="A")], [{"K": "k0", "B": "1"}], prune=True))

    found = refusals(seen.plan, world.environment, seen.world.live)

    assert ["delete rows of DataTable/T: 39 of 40" in line for line in found] == [True]
