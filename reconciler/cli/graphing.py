"""`graph`: what depends on what, offline."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from reconciler.cli import completing, opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.flags import OFFLINE, Flagged
from reconciler.cli.logs import log_of
from reconciler.documents.hints import brief, did_you_mean
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.impact import Dependencies, Impact

FORMS = ("mermaid", "dot", "json")


@click.command(
    cls=Flagged,
    uses=OFFLINE,
    example="""\
reconcile graph --format dot
reconcile graph --of 'HoursOfOperation/Basic Hours'""",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="mermaid", show_default=True, help="How to print.")
@click.option(
    "--of",
    "address",
    metavar="ADDRESS",
    help="Only what this resource needs, and what needs it.",
    shell_complete=completing.addresses,
)
@click.pass_obj
def graph(flags: Flags, form: str, address: str | None) -> int:
    """Draw which resources refer to which. Works offline.

    With --of: what would be affected by changing or deleting it. An arrow leads from the resource that refers to the
    one that it refers to.
    """
    from reconciler.desired import read_desired
    from reconciler.impact import dependencies

    config, environment = opening.chosen(flags)
    seen = dependencies(read_desired(environment, os.environ, tuple(config.environments)).manifests)
    impact = _impact(seen, address) if address is not None else None
    screen.say(_written(environment.name, seen, impact, form))
    _warn(flags, seen, impact, form)
    return 0


COMMANDS = (graph,)


def _impact(seen: Dependencies, address: str) -> Impact:
    known = {str(ref): ref for ref in seen.places}
    if address not in known:
        hint = did_you_mean(address, known) or "; write Kind/name as a manifest does"
        raise UsageError(f"--of {brief(address)} is no resource of this environment{hint}")
    return seen.impact(known[address])


def _written(environment: str, seen: Dependencies, impact: Impact | None, form: str) -> str:
    from reconciler import report

    match form:
        case "json":
            return report.dumps(report.graph_json(environment, seen, impact))
        case "dot":
            return report.graph_dot(seen, impact)
        case _:
            return report.graph_mermaid(seen, impact)


def _warn(flags: Flags, seen: Dependencies, impact: Impact | None, form: str) -> None:
    from reconciler.report.graph_mermaid import MOST_EDGES
    from reconciler.report.graph_parts import arrows, drawn_of

    drawn = len(list(arrows(drawn_of(seen, impact))))
    if form == "mermaid" and drawn > MOST_EDGES:
        log_of(flags).note(f"warning: {drawn} arrows, and Mermaid draws {MOST_EDGES}; choose --of or --format dot")
