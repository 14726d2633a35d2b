"""What an author is told of his files: every mistake of every environment, once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.cli.screen import printable
from reconciler.errors import Mistake
from reconciler.github.runner import Annotation, folder_in, lines_of
from reconciler.plurals import counted

if TYPE_CHECKING:
    from reconciler.config import Config
    from reconciler.model import Finding

FORMAT_VERSION = "1.0"


@dataclass(frozen=True)
class Verdict:
    """`root`: the folder that the files' names start from. `resources`: how many are declared, in all environments."""

    root: Path
    environments: tuple[str, ...]
    mistakes: tuple[Mistake, ...] = ()
    findings: tuple[Finding, ...] = ()
    resources: int = 0

    @property
    def files(self) -> int:
        """Those that something is said of."""
        sources = [mistake.source for mistake in self.mistakes] + [finding.source for finding in self.findings]
        return len({source.file for source in sources if source})


def verdict(config: Config, names: Sequence[str], environ: Mapping[str, str]) -> Verdict:
    from reconciler.desired import examine

    readings = [examine(config.environments[name], environ, tuple(config.environments)) for name in names]
    mistakes = dict.fromkeys(mistake for reading in readings for mistake in reading.mistakes)
    findings = dict.fromkeys(finding for reading in readings for finding in reading.findings)
    declared = {ref for reading in readings if reading.desired for ref in reading.desired.manifests}
    return Verdict(config.path.resolve().parent, tuple(names), tuple(mistakes), tuple(findings), len(declared))


def as_text(verdict: Verdict) -> str:
    lines = [*map(str, verdict.mistakes), *map(_finding_line, verdict.findings), _last_line(verdict)]
    return printable("\n".join(lines))


def as_json(verdict: Verdict) -> str:
    told = {
        "format_version": FORMAT_VERSION,
        "valid": not verdict.mistakes,
        "environments": verdict.environments,
        "mistakes": [{**mistake.source._asdict(), "message": mistake.message} for mistake in verdict.mistakes],
        "findings": [_finding_json(finding) for finding in verdict.findings],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def as_annotations(verdict: Verdict, environ: Mapping[str, str]) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request."""
    folder = folder_in(environ.get("GITHUB_WORKSPACE", ""), verdict.root)
    told = [Annotation("error", mistake.message, mistake.source) for mistake in verdict.mistakes]
    told += [Annotation(LEVELS[finding.severity], about(finding), finding.source) for finding in verdict.findings]
    return lines_of(told, folder) + _last_line(verdict)


LEVELS = {"warning": "warning", "info": "notice"}


def _finding_line(finding: Finding) -> str:
    where = f"{finding.source}: " if finding.source else ""
    return f"{where}{finding.severity}: {about(finding)}"


def about(finding: Finding) -> str:
    """Of one that is about no single resource the message alone."""
    return f"{finding.address}: {finding.message}" if finding.address else finding.message


def _finding_json(finding: Finding) -> dict[str, Any]:
    source = finding.source._asdict() if finding.source else None
    return {"severity": finding.severity, "address": finding.address, "message": finding.message, "source": source}


def _last_line(verdict: Verdict) -> str:
    findings = counted(len(verdict.findings), "finding")
    if verdict.mistakes:
        return f"{counted(len(verdict.mistakes), 'mistake')}, {findings} in {counted(verdict.files, 'file')}"
    where = counted(len(verdict.environments), "environment")
    return f"valid: {counted(verdict.resources, 'resource')} in {where}, {findings}"
