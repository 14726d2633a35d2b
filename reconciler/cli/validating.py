"""Reports every mistake of every environment once, for the authors of manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.grouping import MistakeGroup, grouped, singly
from reconciler.cli.screen import printable
from reconciler.errors import Mistake
from reconciler.github.runner import Annotation, folder_in, lines_of
from reconciler.messages import counted

if TYPE_CHECKING:
    from reconciler.config import Config
    from reconciler.model import Finding, Ref

FORMAT_VERSION = "1.1"


@dataclass(frozen=True)
class ValidationReport:
    """The result of validation.

    `root` is the folder that file names are relative to. `resources` is the number of declared resources in all
    environments. `full` lists equal mistakes one by one, in text and annotations.
    """

    root: Path
    environments: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()
    findings: tuple[Finding, ...] = ()
    resources: int = 0
    full: bool = False

    @property
    def groups(self) -> list[MistakeGroup]:
        return singly(self.mistakes) if self.full else grouped(self.mistakes)

    @property
    def files(self) -> int:
        """The number of files with a mistake or a finding."""
        sources = [mistake.source for mistake in self.mistakes] + [finding.source for finding in self.findings]
        return len({source.file for source in sources if source})


def verdict(
    config: Config, names: Sequence[str], environ: Mapping[str, str], *, full: bool = False
) -> ValidationReport:
    from reconciler.desired import examine

    known, today = tuple(config.environments), datetime.now(UTC).date()
    readings = [examine(config.environments[name], environ, known, today=today) for name in names]
    mistakes: dict[Mistake, None] = {}
    findings: dict[Finding, None] = {}
    declared: set[Ref] = set()
    for reading in readings:
        mistakes |= dict.fromkeys(reading.mistakes)
        findings |= dict.fromkeys(reading.findings)
        declared.update(reading.desired.manifests if reading.desired else ())
    return ValidationReport(
        config.path.resolve().parent, tuple(names), tuple(mistakes), tuple(findings), len(declared), full
    )


def write_generated(config: Config, names: Sequence[str], environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Writes the files that follow from the author's, and returns those that were missing or stale."""
    written: dict[Path, None] = {}
    for name in names:
        # An environment may add to what another one has written.
        for path, text in stale_files(config, name, environ).items():
            path.write_text(text, encoding="utf-8", newline="\n")
            written[path] = None
    return tuple(written)


def stale_files(config: Config, name: str, environ: Mapping[str, str]) -> dict[Path, str]:
    """Returns the files of an environment that follow from the author's and are missing or stale, as they must be."""
    from reconciler.desired import examine

    generated = examine(config.environments[name], environ, tuple(config.environments)).generated
    return {file.path: file.text for file in generated if not file.is_current}


def as_text(verdict: ValidationReport) -> str:
    lines = [*map(str, verdict.groups), *map(_finding_line, verdict.findings), _last_line(verdict)]
    return printable("\n".join(lines))


def as_json(verdict: ValidationReport) -> str:
    document = {
        "format_version": FORMAT_VERSION,
        "valid": not verdict.mistakes,
        "environments": verdict.environments,
        "mistakes": [{**mistake.source._asdict(), "message": mistake.message} for mistake in verdict.mistakes],
        "groups": [_group_json(group) for group in grouped(verdict.mistakes) if group.count > 1],
        "findings": [_finding_json(finding) for finding in verdict.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_annotations(verdict: ValidationReport, environ: Mapping[str, str]) -> str:
    """Returns workflow commands, which GitHub shows beside the lines of a pull request."""
    folder = folder_in(environ.get("GITHUB_WORKSPACE", ""), verdict.root)
    lines = [Annotation("error", group.message, group.source) for group in verdict.groups]
    lines += [Annotation(LEVELS[finding.severity], about(finding), finding.source) for finding in verdict.findings]
    return lines_of(lines, folder) + _last_line(verdict)


LEVELS = {"warning": "warning", "info": "notice"}


def _finding_line(finding: Finding) -> str:
    where = f"{finding.source}: " if finding.source else ""
    return f"{where}{finding.severity}: {about(finding)}"


def about(finding: Finding) -> str:
    """Returns the finding's message, with the resource it belongs to."""
    return f"{finding.address}: {finding.message}" if finding.address else finding.message


def _group_json(group: MistakeGroup) -> dict[str, Any]:
    """Returns the common parts of equal mistakes. Each of them is also in the list of mistakes."""
    return {**group.source._asdict(), "message": group.message, "count": group.count, "lines": group.lines}


def _finding_json(finding: Finding) -> dict[str, Any]:
    source = finding.source._asdict() if finding.source else None
    return {"severity": finding.severity, "address": finding.address, "message": finding.message, "source": source}


def _last_line(verdict: ValidationReport) -> str:
    findings = counted(len(verdict.findings), "finding")
    if verdict.mistakes:
        all_of_them = f"{counted(len(verdict.mistakes), 'mistake')}, {findings} in {counted(verdict.files, 'file')}"
        return all_of_them + ("; --full lists each" if any(group.count > 1 for group in verdict.groups) else "")
    where = counted(len(verdict.environments), "environment")
    return f"valid: {counted(verdict.resources, 'resource')} in {where}, {findings}"
