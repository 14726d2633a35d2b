"""The record of each upload, and the rows that `agent_roster` has settled.

The table has one item for each version of an object, with the keys `key` and `sequencer`. A settled row is another
item, with the sequencer `SEQUENCER#ROW`. So a row counts once, however often a stream repeats its record.

The first result file is a draft: rows that wait for `agent_roster` are pending. The function that settles the last row
writes the file again. A try after a kill repeats the calls, and the files are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reconciler.lambdas.agents import results
from reconciler.lambdas.agents.item import Typed, typed, untyped
from reconciler.lambdas.agents.results import PENDING, ResultRow, Upload

STORED, RUNNING, DONE = "stored", "running", "done"
FILE, ROSTER = "file", "roster"
CSV, JSON = "text/csv; charset=utf-8", "application/json"
KEPT_SECONDS = 90 * 86400  # of the settled rows: the result file has them, too

Call = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Makes a call such as `dynamodb:GetItem`. The body of an object is read. An error has AWS's code as `code`."""

_UNMET = frozenset({"ConditionalCheckFailedException", "ConditionalCheckFailed", "PreconditionFailed"})


@dataclass(frozen=True)
class Places:
    """The table, and the bucket with its prefixes. `kms_key` is empty if the bucket's own encryption is used."""

    table: str
    bucket: str
    uploads: str = "uploads/"
    results: str = "results/"
    kms_key: str = ""

    def result(self, key: str, sequencer: str, suffix: str) -> str:
        return results.result_key(self.results, self.uploads, key, sequencer, suffix)


@dataclass(frozen=True)
class Uploads:
    """The records. `now` returns epoch seconds."""

    call: Call
    places: Places
    now: Callable[[], float]

    def read(self, key: str, sequencer: str) -> dict[str, Any]:
        """Returns the attributes of an upload as plain values; empty if there is no record."""
        answer = self._dynamodb("GetItem", Key=_key(key, sequencer), ConsistentRead=True)
        return {name: untyped(value) for name, value in (answer.get("Item") or {}).items()}

    def note(self, key: str, sequencer: str, **attributes: Any) -> None:
        """Sets attributes of an upload; the record is created if there is none."""
        self._set(key, sequencer, attributes, "#{0} = :{0}")

    def note_once(self, key: str, sequencer: str, **attributes: Any) -> None:
        """Sets the attributes that the record lacks: an event that comes twice undoes nothing."""
        self._set(key, sequencer, attributes, "#{0} = if_not_exists(#{0}, :{0})")

    def _set(self, key: str, sequencer: str, attributes: Mapping[str, Any], form: str) -> None:
        names = {f"#{at}": name for at, name in enumerate(attributes)}
        values = {f":{at}": typed(value) for at, value in enumerate(attributes.values())}
        self._dynamodb(
            "UpdateItem",
            Key=_key(key, sequencer),
            UpdateExpression="SET " + ", ".join(form.format(at) for at in range(len(attributes))),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )

    def settle(self, key: str, sequencer: str, rows: Iterable[ResultRow]) -> bool:
        """Notes the results of rows, and writes the result file if they were the last. Returns whether it did.

        A row that is already noted stays as it is.
        """
        for row in rows:
            self._settle(key, sequencer, row)
        return self.finish(key, sequencer)

    def settled(self, key: str, sequencer: str) -> dict[int, ResultRow]:
        """Returns the rows that are settled, by their number."""
        rows: dict[int, ResultRow] = {}
        following: dict[str, Any] = {}
        while True:
            page = self._dynamodb(
                "Query",
                KeyConditionExpression="#k = :k AND begins_with(sequencer, :s)",
                ExpressionAttributeNames={"#k": "key"},
                ExpressionAttributeValues={":k": {"S": key}, ":s": {"S": f"{sequencer}#"}},
                ConsistentRead=True,
                **following,
            )
            for item in page["Items"]:
                row = _row_of(item)
                rows[row.row] = row
            if not page.get("LastEvaluatedKey"):
                return rows
            following = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def draft(self, upload: Upload, rows: Sequence[ResultRow]) -> list[ResultRow]:
        """Writes the first result files, and returns their rows.

        If there is a file already, its rows count: an event may come twice, and the later one must not hide results.
        """
        written = list(rows)
        if not self._write_first(upload, "json", results.as_json(upload, rows)):
            written = self._drafted(upload.key, upload.sequencer)[1]
        self._write_first(upload, "csv", results.as_csv(written))
        return written

    def finish(self, key: str, sequencer: str) -> bool:
        """Writes the last result file if every row is settled. Returns whether the upload is done by this call."""
        item = self.read(key, sequencer)
        # `pending` is written when all rows are handed over.
        if item.get("status") == DONE or "pending" not in item or item.get("settled", 0) < item["pending"]:
            return False
        upload, rows = self._drafted(key, sequencer)
        rows = results.merged(rows, self.settled(key, sequencer))
        if any(row.result == PENDING for row in rows):
            return False
        self._write(upload, "csv", results.as_csv(rows))
        self._write(upload, "json", results.as_json(upload, rows))
        self.note(key, sequencer, status=DONE, result_key=self.places.result(key, sequencer, "csv"), **_counted(rows))
        return True

    def _settle(self, key: str, sequencer: str, row: ResultRow) -> None:
        item = {name: typed(value) for name, value in asdict(row).items()}
        expires = typed(int(self.now()) + KEPT_SECONDS)
        mark = _key(key, f"{sequencer}#{row.row:06d}")
        put = {"Item": {**item, **mark, "expires": expires}, "ConditionExpression": "attribute_not_exists(sequencer)"}
        add = {
            "Key": _key(key, sequencer),
            "UpdateExpression": "ADD settled :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        table = {"TableName": self.places.table}
        try:
            self.call("dynamodb:TransactWriteItems", {"TransactItems": [{"Put": table | put}, {"Update": table | add}]})
        except Exception as wrong:
            # The record of a stream came twice, or the reply to this call was lost.
            if not is_unmet(wrong):
                raise

    def _drafted(self, key: str, sequencer: str) -> tuple[Upload, list[ResultRow]]:
        answer = self.call("s3:GetObject", self._place(self.places.result(key, sequencer, "json")))
        return results.read_json(answer["Body"])

    def _write_first(self, upload: Upload, suffix: str, content: bytes) -> bool:
        """Writes a file unless there is one. Returns whether it did."""
        try:
            self._write(upload, suffix, content, IfNoneMatch="*")
        except Exception as wrong:
            if not is_unmet(wrong):
                raise
            return False
        return True

    def _write(self, upload: Upload, suffix: str, content: bytes, **condition: str) -> None:
        place = self._place(self.places.result(upload.key, upload.sequencer, suffix))
        kind = {"csv": CSV, "json": JSON}[suffix]
        self.call("s3:PutObject", {**place, "Body": content, "ContentType": kind, **self._encrypted(), **condition})

    def _encrypted(self) -> dict[str, str]:
        if not self.places.kms_key:
            return {}
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.places.kms_key}

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self.places.bucket, "Key": key}

    def _dynamodb(self, operation: str, **params: Any) -> Mapping[str, Any]:
        return self.call(f"dynamodb:{operation}", {"TableName": self.places.table, **params})


def is_unmet(wrong: Exception) -> bool:
    """Returns whether an error says that the condition of a write does not hold."""
    return getattr(wrong, "code", "") in _UNMET


def _key(key: str, sequencer: str) -> dict[str, Typed]:
    return {"key": {"S": key}, "sequencer": {"S": sequencer}}


def _row_of(item: Mapping[str, Typed]) -> ResultRow:
    plain = {name: untyped(value) for name, value in item.items()}
    return ResultRow(int(plain["row"]), plain["username"], plain["result"], plain["column"], plain["reason"])


def _counted(rows: Sequence[ResultRow]) -> dict[str, int]:
    """Returns the counts of an upload that is done."""
    counted = results.counts(rows)
    return {name: count for name, count in counted.items() if name != PENDING}
