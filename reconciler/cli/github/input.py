"""Reads the input of the `github` commands: JSON files of other commands, GitHub's variables, and reconcile.yaml."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from reconciler.cli import opening
from reconciler.cli.choices import Flags
from reconciler.errors import ReconcileError, UsageError

PLAN_IN_ARCHIVE = "plan.json"  # as the workflow `plan` keeps it
LONGEST_PLAN = 2**30  # bytes, unpacked

if TYPE_CHECKING:
    from reconciler.github.run import WorkflowRun
    from reconciler.model import Outcome, Plan, Scope


def read(file: Path) -> dict[str, Any]:
    """Returns a plan or an outcome."""
    from reconciler.report import read_plan

    return read_plan(_text(file), file.name)


def read_outcome(file: Path) -> dict[str, Any]:
    from reconciler import report

    return report.read_outcome(_text(file), file.name)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def read_plan_file(file: Path) -> Plan:
    """Returns a plan. Raises `UsageError` if the file was edited after it was written."""
    from reconciler.report import is_outcome, plan_of
    from reconciler.review.agreement import check_whole

    document = read(file)
    if is_outcome(document):
        raise UsageError(f"{file.name} is an outcome; give the JSON of a plan")
    check_whole(document, file.name)
    return plan_of(document, file.name)


def digest_in_archive(content: bytes) -> str:
    """Returns the digest of the plan in an artifact, which is a ZIP file. Empty if it has no complete plan."""
    from reconciler.report import read_plan
    from reconciler.review.agreement import check_whole

    try:
        with ZipFile(BytesIO(content)) as archive:
            if archive.getinfo(PLAN_IN_ARCHIVE).file_size > LONGEST_PLAN:
                return ""
            text = archive.read(PLAN_IN_ARCHIVE).decode("utf-8")
        plan = read_plan(text, PLAN_IN_ARCHIVE)
        check_whole(plan, PLAN_IN_ARCHIVE)
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, UnicodeDecodeError, ReconcileError, zlib.error):
        return ""
    return str(plan["digest"])


def read_outcome_file(file: Path) -> Outcome:
    from reconciler.report import outcome_of

    return outcome_of(read_outcome(file), file.name)


@dataclass(frozen=True)
class Ending:
    """How an apply ended. It has no outcome if apply stopped before it had a plan. `differences` is Markdown."""

    scope: Scope
    code: int
    outcome: Outcome | None = None
    differences: str = ""


def read_ending(flags: Flags, file: Path, code: int | None, reviewed_file: Path | None) -> Ending:
    """Returns how an apply ended.

    Raises `UsageError` if neither an outcome nor an exit code says so, or if both contradict each other.
    """
    from reconciler.cli.github.texts import differences
    from reconciler.errors import StalePlanError

    reviewed = read_plan_file(reviewed_file) if reviewed_file else None
    if not file.exists():
        if code is None:
            raise UsageError(f"{file} does not exist; if apply ended before it could write one, give --exit-code")
        if code == 0:
            raise UsageError(f"{file} does not exist, but every successful apply writes one; check --exit-code 0")
        return Ending(reviewed.scope if reviewed else declared_scope(flags), code)
    outcome = read_outcome_file(file)
    code = outcome.exit_code if code is None else code
    is_stale = reviewed_file is not None and code == StalePlanError.exit_code
    text = differences(read(reviewed_file), read(file)) if reviewed_file and is_stale else ""
    return Ending(outcome.plan.scope, code, outcome, text)


def declared_scope(flags: Flags) -> Scope:
    """Returns the environment's scope from reconcile.yaml, if no file has it."""
    from reconciler.documents.hints import listed

    config = opening.read_config_of(flags)
    name = opening.named(flags, config)
    if not name and len(config.environments) > 1:
        raise UsageError(f"which environment? choose {listed(config.environments)} with -e or {opening.CHOICE}")
    return config.environments[name or next(iter(config.environments))].scope


def this_run() -> WorkflowRun:
    from reconciler.github.run import read_run

    return read_run(os.environ)


def source_folder(flags: Flags) -> PurePath:
    """Returns the folder that the sources of a plan are relative to: the folder of reconcile.yaml, if there is one."""
    from reconciler.github.runner import folder_in

    try:
        root = opening.config_path(flags).parent
    except UsageError:
        root = flags.folder or Path.cwd()
    return folder_in(os.environ.get("GITHUB_WORKSPACE", ""), root)
