"""The stores of pipelines of type agent_import: a bucket for spreadsheets, and tables of uploads and agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from reconciler.kinds.composite import Around, CannotExpandError, Child
from reconciler.kinds.pipelines import policies
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.parts import PipelineBucket
from reconciler.lambdas.agents.headers import PASSWORD, column_of
from reconciler.lambdas.agents.table import read_table
from reconciler.messages import counted

UPLOADS, RESULTS, QUARANTINE = "uploads/", "results/", "quarantine/"
# The files of the manifests' folder. They stay there, so that a second apply of the same files uploads nothing.
DECLARED = "uploads/declared/"
SPREADSHEETS = {".csv": "text/csv", ".txt": "text/plain", ".tsv": "text/tab-separated-values"}
# A moved spreadsheet leaves an old version, and it may hold passwords.
OLD_VERSION_DAYS = {UPLOADS: 1, QUARANTINE: 1, RESULTS: 30}


def tables(parts: PipelineParts) -> Iterator[Child]:
    """Yields the table of uploads, and the table of agents, whose stream calls a function."""
    expiry = {"timeToLiveSpecification": {"enabled": True, "attributeName": "expires"}}
    yield parts.child("DynamoDBTable", parts.named("uploads"), {**_table(parts, "key", "sequencer"), **expiry})
    stream = {"streamSpecification": {"streamViewType": "NEW_AND_OLD_IMAGES"}}
    yield parts.child("DynamoDBTable", parts.named("roster"), {**_table(parts, "instance_id", "username"), **stream})


def _table(parts: PipelineParts, partition: str, sort: str) -> Mapping[str, Any]:
    key = parts.spec.kms_key
    return {
        "attributeDefinitions": [{"attributeName": name, "attributeType": "S"} for name in (partition, sort)],
        "keySchema": [
            {"attributeName": partition, "keyType": "HASH"},
            {"attributeName": sort, "keyType": "RANGE"},
        ],
        "billingMode": "PAY_PER_REQUEST",
        "sseSpecification": {"kmsMasterKeyId": key} if key else None,
        "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": True},
        "deletionProtectionEnabled": True,
    }


def bucket(parts: PipelineParts, settings: PipelineBucket, function: str) -> Child:
    """Returns the bucket, which is private, answers over TLS alone, and calls the function for every upload."""
    key, own = parts.spec.kms_key, linked("S3Bucket", settings.name)
    by_key = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key, "bucketKeyEnabled": True}
    notification = {
        "id": parts.named("uploads"),
        "lambdaFunctionArn": linked("LambdaFunction", function),
        "events": ["s3:ObjectCreated:*"],
        "filter": {"key": {"filterRules": [{"name": "prefix", "value": UPLOADS}]}},
    }
    fields = {
        "versioningConfiguration": {"status": "Enabled"},
        "serverSideEncryptionConfiguration": by_key if key else None,
        "policy": policies.only_tls(own),
        "lifecycleConfiguration": {"Rules": _lifecycle(settings)},
        "lambdaFunctionConfigurations": [notification],
    }
    return parts.child("S3Bucket", settings.name, fields, "bucket")


def declared_files(parts: PipelineParts, settings: PipelineBucket, around: Around) -> Iterator[Child]:
    """Yields an object for each file of the folder `uploads`. Raises `CannotExpandError` for one with passwords."""
    folder, place = parts.spec.uploads, ("uploads",)
    for name in around.names(folder, place) if folder else ():
        file = f"{(folder or '').rstrip('/')}/{name}"
        kind = SPREADSHEETS.get(PurePosixPath(name).suffix.lower(), "")
        if kind:
            _refuse_passwords(name, around.text(file, place))
        fields = {"content": {"file": file}, **({"contentType": kind} if kind else {})}
        yield parts.child("S3Object", f"{settings.name}/{DECLARED}{name}", fields, *place)


def _refuse_passwords(name: str, text: str) -> None:
    table = read_table(text)
    if table is None:
        return
    places = [at for at, word in enumerate(table.names) if column_of(word) == PASSWORD]
    rows = [it for it in table.records if any(cell.strip() for at, cell in enumerate(it.cells) if at in places)]
    if rows:
        message = (
            f"{name} has {counted(len(rows), 'password')}, and Git keeps them for ever; empty the column, and write "
            "agents: {generatePasswords: true}"
        )
        raise CannotExpandError(("uploads",), message)


def _lifecycle(settings: PipelineBucket) -> list[Mapping[str, Any]]:
    """Returns the rules by which AWS deletes files, old versions, and what is left of deleted files."""
    days = settings.expire_days
    rules: list[Mapping[str, Any]] = [
        {
            "ID": prefix.rstrip("/"),
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "Expiration": {"Days": expire},
            "NoncurrentVersionExpiration": {"NoncurrentDays": OLD_VERSION_DAYS[prefix]},
        }
        for prefix, expire in ((UPLOADS, days.uploads), (QUARANTINE, days.quarantine), (RESULTS, days.results))
    ]
    ended = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
    markers = {"Expiration": {"ExpiredObjectDeleteMarker": True}}
    return [*rules, {"ID": "remains", "Status": "Enabled", "Filter": {}, **ended, **markers}]
