"""Defines `pipelines`, whose commands operate what a `Pipeline` document has deployed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import completing, opening, screen
from reconciler.cli.choices import Flags
from reconciler.cli.failing import FAILED
from reconciler.cli.flags import READS, WRITES, Flagged, Group
from reconciler.cli.pipelines.selecting import selected
from reconciler.errors import UsageError

if TYPE_CHECKING:
    pass

NOT_FRESH = 2


@click.group(cls=Group)
def pipelines() -> None:
    """Operate deployed pipelines: show their status, run them, and read their rows."""


@pipelines.command(
    cls=Flagged,
    uses=READS,
    example="""\
reconcile -e prod pipelines status
reconcile -e prod pipelines status contact-calls --format json""",
)
@click.argument("name", required=False, default="", shell_complete=completing.pipelines)
@click.option("--tenant", metavar="NAME", default="", help="Only this tenant of pipelines of type connectwise.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
)
@click.pass_obj
def status(flags: Flags, name: str, tenant: str, form: str) -> int:
    """Show whether pipelines are fresh. Writes nothing.

    NAME is the name of a Pipeline; without it, all are shown. A function of contact_calls lists its missing windows
    itself, so this runs it once. Exits with 0 if all are fresh, and with 2 if one is behind or has failed. Exits with 1
    if the status of one cannot be read.
    """
    from reconciler.cli.pipelines.status_json import status_json
    from reconciler.cli.pipelines.status_text import status_text
    from reconciler.pipelines.state import Verdict
    from reconciler.pipelines.status import read_status, worst
    from reconciler.report import dumps

    opened = opening.for_reading(flags)
    options = opened.options
    chosen = selected(options, name)
    if tenant:
        chosen = tuple(pipeline for pipeline in chosen if pipeline.type == "connectwise")
        if not chosen:
            raise UsageError("--tenant is for pipelines of type connectwise")
    with opened.work.during("reading"):
        states = read_status(options.aws, chosen, opening.read_clock_of(options.environment), tenant)
    if form == "json":
        screen.say(dumps(status_json(options.environment, states)))
    else:
        colour, width = screen.has_colour(sys.stdout), screen.width()
        screen.report(status_text(options.environment, states, colour=colour, width=width))
    codes = {Verdict.FRESH: 0, Verdict.ERROR: FAILED}
    return codes.get(worst(states), NOT_FRESH)


@pipelines.command(
    cls=Flagged,
    uses=WRITES,
    example="""\
reconcile -e prod pipelines run contact-calls --wait
reconcile -e prod pipelines run contact-calls --from 2026-01-05T00:00 --to 2026-01-06T00:00 --wait
reconcile -e prod pipelines run connectwise --tenant harbor-dental --table service/tickets --mode ids --wait""",
)
@click.argument("name", shell_complete=completing.pipelines)
@click.option(
    "--mode",
    metavar="MODE",
    default="",
    help="Kind of run. contact_calls: load, replay, missing, dimensions, migrate. "
    "connectwise: incremental, ids, content, backfill, rebuild.",
)
@click.option("--from", "start", metavar="TIME", default="", help="Begin of the span of a replay or a backfill.")
@click.option("--to", "end", metavar="TIME", default="", help="End of the span, which does not belong to it.")
@click.option("--event", "event_text", metavar="JSON", help="Send this event as it is. Only for contact_calls.")
@click.option("--tenant", metavar="NAME", default="", help="Only this tenant of a pipeline of type connectwise.")
@click.option("--table", metavar="TABLE", default="", help="Only this source table, such as service/tickets.")
@click.option("--accept-deletes", is_flag=True, help="Delete absent records of --tenant, however many there are.")
@click.option("--wait", is_flag=True, help="Wait for the end, and print the result.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format."
)
@click.pass_obj
def run(
    flags: Flags,
    name: str,
    mode: str,
    start: str,
    end: str,
    event_text: str | None,
    tenant: str,
    table: str,
    accept_deletes: bool,
    wait: bool,
    form: str,
) -> int:
    """Run the pipeline NAME now.

    Without --mode, it does what its schedule does. A run that changes more than that asks first. Without --wait, AWS
    runs it in the background. With --wait, a load or a replay that runs out of time goes on by itself. Exits with 5 if
    a part is not done or a pair failed. Exits with 3 if the pipeline is paused.
    """
    from reconciler.cli.pipelines.running import run_pipeline
    from reconciler.pipelines.requests import RunRequest

    request = RunRequest(mode, start, end, _event(event_text), tenant, table, accept_deletes)
    return run_pipeline(flags, name, request, is_waiting=wait, form=form)


@pipelines.command(
    cls=Flagged,
    uses=READS,
    example="""\
reconcile -e prod pipelines rows connectwise --tenant harbor-dental --table tickets
reconcile -e prod pipelines rows connectwise --tenant harbor-dental --table tickets --history --format csv""",
)
@click.argument("name", shell_complete=completing.pipelines)
@click.option("--tenant", metavar="NAME", required=True, help="The tenant.")
@click.option("--table", metavar="TABLE", required=True, help="The canonical table, such as tickets.")
@click.option("--history", is_flag=True, help="All versions of each record. Without it, those that are current.")
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True, help="Output format."
)
@click.pass_obj
def rows(flags: Flags, name: str, tenant: str, table: str, history: bool, form: str) -> int:
    """Print the rows of a canonical table of the pipeline NAME, of type connectwise. Read-only.

    The rows come from the change files in the bucket. They are ordered by record, and by version within a record.
    It needs DuckDB, which the extra `rows` installs. Times are in UTC. In CSV, an apostrophe keeps a spreadsheet from
    taking a text for a formula.
    """
    from reconciler.cli.pipelines.rows_text import csv_lines, json_lines
    from reconciler.pipelines.connectwise import stores_of
    from reconciler.pipelines.rows import find_table, read_rows

    opened = opening.for_reading(flags)
    options = opened.options
    (pipeline,) = selected(options, name)
    if pipeline.type != "connectwise":
        raise UsageError(f"{pipeline.address} is of type {pipeline.type}; rows are those of type connectwise")
    with opened.work.during("reading"):
        stores = stores_of(options.aws, pipeline)
        canonical = find_table(options.aws, stores, tenant, table)
    write = csv_lines if form == "csv" else json_lines
    for text in write(read_rows(options.aws, stores.bucket, canonical, has_history=history)):
        screen.report(text)
    if not canonical.keys:
        opened.work.log.note("the table has no rows yet")
    return 0


COMMANDS = (pipelines,)


def _event(text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        event = json.loads(text)
    except ValueError as wrong:
        raise UsageError(f"--event is not JSON: {wrong}") from None
    if not isinstance(event, dict):
        raise UsageError("--event must be a JSON object, such as '{\"dimensions\": true}'")
    return event
