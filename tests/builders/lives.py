"""Live resources as AWS would answer them, made of manifests."""

from __future__ import annotations

from typing import Any

from reconciler.model import Live, LiveCell, LiveRecord, Manifest, Ref


def live(manifest: Manifest, **more: Any) -> Live:
    """Returns the resource as it is declared, with its rows, and with the id `id-NAME` and the ARN `arn-NAME`."""
    name = manifest.ref.name
    return Live(manifest.ref, f"id-{name}", f"arn-{name}", manifest.spec, **{"records": live_rows(manifest), **more})


def lives(*manifests: Manifest) -> dict[Ref, Live]:
    return {manifest.ref: live(manifest) for manifest in manifests}


def live_rows(manifest: Manifest) -> tuple[LiveRecord, ...]:
    """Returns the declared rows of a table as AWS stores them."""
    default = manifest.records.default
    return tuple(
        LiveRecord(record.key, {name: LiveCell(text, {}) for name, text in record.cells.items() if text is not None})
        for record in (*manifest.records.rows, *((default,) if default else ()))
    )
