"""`run`, the one door from Python."""

from __future__ import annotations

from datetime import UTC, datetime

from reconciler.model import Outcome
from reconciler.reconcile import Options, run
from tests.worlds.world import World


def test_a_run_from_python_gives_the_outcome_that_the_command_writes(world: World) -> None:
    """S0-14."""
    base = world.environment.root / "manifests" / "base"
    base.mkdir(parents=True)
    (base / "t.yaml").write_text(
        "kind: DataTable\nmetadata: {name: T}\nspec:\n  timeZone: UTC\n"
        "  attributes: [{name: K, valueType: TEXT, primary: true}, {name: A, valueType: TEXT}]\n"
        "  values: {rows: [{K: a, A: '1'}]}\n"
    )

    outcome = run(Options(world.environment, world.aws))

    assert isinstance(outcome, Outcome)
    assert (outcome.exit_code, outcome.status) == (0, "done")
    assert outcome.started_at < datetime.now(UTC)
    assert world.cells("T") == {(("a",), "A"): "1"}
