"""Which declared pipelines a command is about. The commands and what they run both ask, so it is apart from both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.pipelines.declared import DeclaredPipeline
    from reconciler.reconcile import Options


def selected(options: Options, name: str) -> tuple[DeclaredPipeline, ...]:
    """Returns the pipeline of a name, or all of them. Raises `UsageError` or `ManifestError`."""
    from reconciler.desired import examine
    from reconciler.errors import ManifestError
    from reconciler.pipelines.declared import find_pipeline, find_pipelines

    examined = examine(options.environment, options.environ, options.known_environments)
    if examined.desired is None:
        raise ManifestError(examined.mistakes)
    every = find_pipelines(examined.desired)
    return (find_pipeline(every, name),) if name else every
