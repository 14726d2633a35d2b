"""Defines `graph`, which draws dependencies offline."""

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
    from reconciler.dependencies import Dependencies, Impact
    from reconciler.flows.document import FlowDocument
    from reconciler.model import Manifest

MERMAID = "mermaid"
FORMS = (MERMAID, "dot", "json")


@click.command(
    cls=Flagged,
    uses=OFFLINE,
    example="""\
reconcile graph --format dot
reconcile graph --of 'HoursOfOperation/Basic Hours'""",
)
@click.option("--format", "form", type=click.Choice(FORMS), default=MERMAID, show_default=True, help="Output format.")
@click.option(
    "--of",
    "address",
    metavar="ADDRESS",
    help="Show only what this resource needs, and what needs it.",
    shell_complete=completing.addresses,
)
@click.pass_obj
def graph(flags: Flags, form: str, address: str | None) -> int:
    """Draw how resources refer to each other. Works offline.

    An arrow points from a resource to one that it refers to. With --of, the graph shows what would be affected by
    changing or deleting ADDRESS. In the format mermaid, --of a flow or a module draws its blocks instead.
    """
    from reconciler.dependencies import dependencies
    from reconciler.desired import read_desired

    config, environment = opening.chosen(flags)
    manifests = read_desired(environment, os.environ, tuple(config.environments)).manifests
    links = dependencies(manifests)
    impact = _impact(links, address) if address is not None else None
    if impact and form == MERMAID and (content := _flow_of(manifests.get(impact.of))):
        _draw_blocks(flags, impact, content)
        return 0
    screen.say(_written(environment.name, links, impact, form))
    _warn(flags, links, impact, form)
    return 0


COMMANDS = (graph,)


def _flow_of(manifest: Manifest | None) -> FlowDocument | None:
    """Returns the content of a declared flow or module; `None` for other resources."""
    from reconciler.flows.document import FlowDocument

    values = dict(manifest.spec).values() if manifest else ()
    return next((value for value in values if isinstance(value, FlowDocument)), None)


def _draw_blocks(flags: Flags, impact: Impact, content: FlowDocument) -> None:
    from reconciler.flows.mermaid import mermaid

    screen.say(mermaid(content.value, str(impact.of)))
    log_of(flags).note(f"note: these are the blocks; --format json lists what needs {impact.of}")
    _say_reach(flags, impact)


def _say_reach(flags: Flags, impact: Impact) -> None:
    """Says how many resources a change reaches, such as the numbers whose flows read a table."""
    if reached := impact.reaches:
        counts = ", ".join(f"{count} {kind}" for kind, count in reached.items())
        log_of(flags).note(f"note: a change of {impact.of} reaches {counts}")


def _impact(links: Dependencies, address: str) -> Impact:
    known = {str(ref): ref for ref in links.places}
    if address not in known:
        hint = did_you_mean(address, known) or "; write Kind/name as a manifest does"
        raise UsageError(f"--of {brief(address)} is not a resource of this environment{hint}")
    return links.impact(known[address])


def _written(environment: str, links: Dependencies, impact: Impact | None, form: str) -> str:
    from reconciler import report

    match form:
        case "json":
            return report.dumps(report.graph_json(environment, links, impact))
        case "dot":
            return report.graph_dot(links, impact)
        case _:
            return report.graph_mermaid(links, impact)


def _warn(flags: Flags, links: Dependencies, impact: Impact | None, form: str) -> None:
    from reconciler.report.graph_mermaid import MOST_EDGES
    from reconciler.report.graph_parts import arrows, drawn_of

    if impact:
        _say_reach(flags, impact)
    drawn = len(list(arrows(drawn_of(links, impact))))
    if form == MERMAID and drawn > MOST_EDGES:
        log_of(flags).note(
            f"warning: {drawn} arrows, but Mermaid draws at most {MOST_EDGES}; give --of or --format dot"
        )
