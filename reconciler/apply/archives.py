"""Builds the archives of functions before the first call, and puts large ones into a bucket."""

from __future__ import annotations

import re
from typing import Any

from reconciler.apply.run import Run, backoff
from reconciler.documents.contents import ContentStore
from reconciler.errors import CallError, ContentError, Fate
from reconciler.kinds.base import Kind
from reconciler.kinds.contents import contents_of
from reconciler.kinds.services import S3
from reconciler.model import Call, Code, ContentLimit, Plan
from reconciler.model.content import size_text
from reconciler.model.environment import Environment
from reconciler.packaging.archive import Archive

DIRECT = ContentLimit().size  # bytes: the largest archive of a call (Lambda quotas, "direct upload")
_TRIES = 4
_IN_KEY = 16  # digits of each hash in a key
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def prepare_archives(plan: Plan, contents: ContentStore, environment: Environment) -> ContentStore:
    """Builds every archive that the plan sends, and returns the contents. Raises `ContentError`.

    Building needs no AWS. An archive that was built before is used again.
    """
    for change in plan.actionable:
        for step in change.steps:
            for content in contents_of(step.call.params):
                if isinstance(content, Code) and (size := contents.archive(content).zipped) > DIRECT:
                    _must_have_bucket(environment, contents, content, size)
    return contents


def _must_have_bucket(environment: Environment, contents: ContentStore, code: Code, size: int) -> None:
    if environment.artifacts:
        return
    name = contents.files[code].name
    raise ContentError(
        f"{name}: the archive has {size_text(size)}, and Lambda takes {size_text(DIRECT)} in a call; add artifacts: "
        f"{{bucket: NAME}} to environment {environment.name} in reconcile.yaml"
    )


def with_archives(run: Run, kind: Kind[Any], call: Call) -> Call:
    """Returns the call with the place of each archive that is too large for it. Puts it there first, if it is not."""
    contents = run.ports.contents
    for content in contents_of(call.params):
        if isinstance(content, Code) and (archive := contents.archive(content)).zipped > DIRECT:
            _must_have_bucket(run.environment, contents, content, archive.zipped)
            key = _key(contents.files[content].path.stem, content, archive)
            _put(run, content, archive, key)
            call = kind.stored_call(call, content, run.environment.artifacts, key)
    return call


def _key(name: str, code: Code, archive: Archive) -> str:
    """Returns the key of an archive. The same tree may be compressed differently, so the key has both hashes."""
    return f"{_UNSAFE.sub('-', name)}/{code.sha256[:_IN_KEY]}-{archive.sha256[:_IN_KEY]}.zip"


def _put(run: Run, code: Code, archive: Archive, key: str) -> None:
    """Puts an archive into the bucket once. Raises `CallError`, and `ContentError` if another file has its place.

    The condition makes a repeated call harmless: AWS refuses it if the object exists.
    """
    place = {"Bucket": run.environment.artifacts, "Key": key}
    checksum = {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": archive.code_sha256}
    params = {**place, **checksum, "IfNoneMatch": "*"}
    for attempt in range(1, _TRIES + 1):
        try:
            run.ports.aws.write(S3.name, "PutObject", {**params, "Body": run.ports.contents.read(code)})
        except CallError as wrong:
            if wrong.code == "PreconditionFailed":
                break
            is_refused = wrong.fate is Fate.REFUSED and wrong.code != "ConditionalRequestConflict"
            if is_refused or attempt == _TRIES or run.ports.stop.is_set():
                raise
            run.count_retry()
            run.ports.pause(backoff(attempt + 1))
        else:
            return
    head = run.ports.aws.read(S3.name, "HeadObject", {**place, "ChecksumMode": "ENABLED"})
    if head.get("ChecksumSHA256") != archive.code_sha256:
        where = f"s3://{run.environment.artifacts}/{key}"
        raise ContentError(f"{where} is not the archive with {code}: another writer put it there; delete it")
