"""The notes of an export of flows: what it leaves to the author."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.errors import Source
from reconciler.model import Finding, Live, Manifest, Ref

_VARIABLE = "${var:NAME}"


@dataclass(frozen=True)
class FlowNotes:
    """Makes the notes of one environment. `others` are the other environments of reconcile.yaml."""

    environment: str
    others: tuple[str, ...]

    def absent(self, manifest: Manifest, *, is_in_base: bool) -> Finding:
        """Returns the note on a declared flow that this environment does not have."""
        file = manifest.source.file
        remedy = f"delete it from {file}"
        if is_in_base and self.others:
            remedy = f"write metadata.environments: [{', '.join(self.others)}] in {file}"
        what = f"is declared, but not live in {self.environment}, so a plan would create it"
        return Finding("warning", str(manifest.ref), f"{what}; to keep it out of {self.environment}, {remedy}")

    def renamed(self, live: Live, manifest: Manifest) -> Finding:
        """Returns the note on a managed flow that got another name outside the manifests."""
        message = f'is named "{live.spec.name}" in {self.environment}; a plan would rename it to "{manifest.spec.name}"'
        return Finding("warning", str(live.ref), message)

    def bound(self, ref: Ref, texts: Sequence[str]) -> Iterator[Finding]:
        """Yields the note on a new document of the base that is not valid in every environment."""
        if texts and self.others:
            message = (
                f"contains ids or ARNs of {self.environment}: {_listed(texts)}; other environments get their own "
                f"content in an overlay, unless {_VARIABLE} stands in their place"
            )
            yield Finding("warning", str(ref), message)

    def hint(self, ref: Ref, texts: Sequence[str], file: str) -> Iterator[Finding]:
        """Yields the note on an overlay that variables may replace."""
        if texts:
            message = (
                f"differs from {file}, which contains {_listed(texts)}; if nothing else differs, write {_VARIABLE} "
                "there and delete the overlay's document"
            )
            yield Finding("info", str(ref), message)

    def differs_elsewhere(self, ref: Ref, over: Source) -> str:
        return f"{ref} differs from {over.file}, which export did not write; left alone, change it there"

    def needless(self, ref: Ref, over: Source) -> str:
        return f"{ref} is live as the layers below declare it; left alone, delete its document from {over.file}"


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    return f"{texts[0]}{more}"
