"""Finds the pipelines of an environment and the resources that they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.errors import UsageError
from reconciler.kinds.pipelines.shipped import LAMBDAS
from reconciler.model import Desired, Manifest

KIND = "Pipeline"


@dataclass(frozen=True)
class DeclaredPipeline:
    """A declared pipeline. `resources` has the resources that it stands for."""

    name: str
    type: str
    resources: tuple[Manifest, ...]

    @property
    def address(self) -> str:
        return f"{KIND}/{self.name}"

    def names(self, kind: str) -> tuple[str, ...]:
        """Returns the names of its resources of a kind, in order."""
        return tuple(manifest.ref.name for manifest in self.resources if manifest.ref.kind == kind)

    def specs(self, kind: str) -> tuple[Any, ...]:
        return tuple(manifest.spec for manifest in self.resources if manifest.ref.kind == kind)

    def function(self, package: str) -> str:
        """Returns the name of the function that runs a package, such as `contact_calls`.

        Raises `UsageError` if an override has replaced its handler.
        """
        handler = f"{LAMBDAS}.{package}.handler.handler"
        for spec in self.specs("LambdaFunction"):
            if spec.handler == handler:
                return str(spec.name)
        raise UsageError(f"{self.address} has no function with the handler {handler}; a document overrides it")


def find_pipelines(desired: Desired) -> tuple[DeclaredPipeline, ...]:
    """Returns every declared pipeline, by name."""
    pipelines = []
    for ref, manifest in sorted(desired.composites.items(), key=lambda item: item[0].name):
        if ref.kind == KIND:
            resources = tuple(child for child in desired.manifests.values() if child.origin == ref)
            pipelines.append(DeclaredPipeline(ref.name, str(getattr(manifest.spec, "type", "")), resources))
    return tuple(pipelines)


def find_pipeline(pipelines: Iterable[DeclaredPipeline], name: str) -> DeclaredPipeline:
    """Returns the pipeline of a name. Raises `UsageError` with a near match if there is none."""
    by_name = {pipeline.name: pipeline for pipeline in pipelines}
    bare = name.removeprefix(f"{KIND}/")
    if bare in by_name:
        return by_name[bare]
    if not by_name:
        raise UsageError(f"no pipeline {brief(bare)}; this environment declares no {KIND}")
    raise UsageError(f"no pipeline {brief(bare)}{did_you_mean(bare, by_name) or f'; there is {listed([*by_name])}'}")
