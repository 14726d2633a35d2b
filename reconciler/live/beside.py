"""Finds what is not managed and may still make AWS refuse a change: other resources, and the instance itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reconciler.directory import Directory
from reconciler.kinds.asking import listed
from reconciler.kinds.operations import reads_of
from reconciler.kinds.registry import KINDS
from reconciler.live.resource import as_live
from reconciler.live.who import SearchResult
from reconciler.model import Live, Ref, Scope
from reconciler.port import AwsPort


def read_own(aws: AwsPort, scope: Scope, watched: Collection[str]) -> dict[Ref, SearchResult]:
    """Returns the environment's own instance, if the changes of another kind depend on its settings."""
    results = dict[Ref, SearchResult]()
    for kind in (KINDS[name] for name in sorted(watched)):
        read = reads_of(kind).own
        if read and scope.instance:
            answers = [SearchResult(kind, members) for members in listed(aws, kind, read)]
            results |= {Ref(kind.name, kind.called(answer.members)): answer for answer in answers}
    return results


def unmanaged(
    answers: Mapping[Ref, SearchResult], watched: Collection[str], scope: Scope, directory: Directory
) -> dict[Ref, Live]:
    """Returns the resources of watched kinds, with the fields of their search, without other instances."""
    beside = {}
    for ref, answer in answers.items():
        is_elsewhere = answer.kind.reading.own and answer.arn != scope.instance
        if ref.kind in watched and not is_elsewhere:
            beside[ref] = as_live(ref, answer, [], directory)
    return beside
