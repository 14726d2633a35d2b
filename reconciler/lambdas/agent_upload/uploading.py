"""Takes one created object: stores its record, imports it if it is a file of agents, and moves such a file away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.agent_upload.event import Created
from reconciler.lambdas.agent_upload.importing import Importer
from reconciler.lambdas.agent_upload.instance import Instance
from reconciler.lambdas.agent_upload.objects import GONE, Content, Objects
from reconciler.lambdas.agent_upload.passwords import Passwords
from reconciler.lambdas.agent_upload.roster import Roster
from reconciler.lambdas.agent_upload.settings import Settings
from reconciler.lambdas.agents.results import PENDING, REFUSED, UNCHANGED, ResultRow, Upload
from reconciler.lambdas.agents.rows import Row, Sheet, read_sheet, too_many
from reconciler.lambdas.agents.table import TOO_LARGE, Table
from reconciler.lambdas.agents.uploads import FILE, ROSTER, RUNNING, STORED, Call, Uploads, is_unmet
from reconciler.lambdas.shared.calls import CallFailed

Counts = Counter[str]


@dataclass(frozen=True)
class Uploading:
    """The work of one invocation. `now` returns the time in UTC with milliseconds."""

    settings: Settings
    call: Call
    objects: Objects
    uploads: Uploads
    instance: Instance
    now: Callable[[], str]

    def take(self, created: Created) -> Counts:
        """Returns the counts of one object. Raises `CallFailed` and `OutOfTime`; a retry goes on from there."""
        if not created.key.startswith(self.settings.uploads):
            return Counter(skipped=1)
        record = self.uploads.read(created.key, created.sequencer)
        if record.get("status") == STORED or "moved_to" in record:
            return Counter(duplicates=1)
        if "pending" in record:
            self._end(created)
            return Counter(duplicates=1)
        content = self.objects.read(created)
        if content is None:
            return Counter(gone=1)
        is_roster = content.table is not None or content.is_too_large
        self._store(created, content, ROSTER if is_roster else FILE, RUNNING if is_roster else STORED)
        return self._import(created, content) if is_roster else Counter(files=1)

    def _store(self, created: Created, content: Content, kind: str, status: str) -> None:
        """Writes the record: a pointer to the version, and never its content."""
        self.uploads.note_once(
            created.key,
            created.sequencer,
            bucket=created.bucket,
            size=content.size,
            e_tag=created.e_tag,
            version_id=created.version_id,
            content_type=content.content_type,
            sha256=content.sha256,
            kind=kind,
            received_at=created.at,
            status=status,
        )

    def _import(self, created: Created, content: Content) -> Counts:
        notes: tuple[str, ...] = (TOO_LARGE,)
        rows: list[ResultRow] = []
        if content.table is not None:
            notes, rows = self._rows(created, content.table)
        upload = Upload(created.key, created.sequencer, created.at, notes)
        rows = self.uploads.draft(upload, rows)
        counted = Counter(row.result for row in rows)
        numbers = {name: counted[name] for name in (REFUSED, UNCHANGED, PENDING)}
        self.uploads.note_once(created.key, created.sequencer, rows=len(rows), **numbers)
        self._end(created)
        # A draft of an earlier try may have results that are settled by now.
        return Counter(rosters=1, rows=len(rows), **counted)

    def _rows(self, created: Created, table: Table) -> tuple[tuple[str, ...], list[ResultRow]]:
        settings = self.settings
        identity_type = settings.identity_type or self.instance.identity_type(self.call)
        sheet = read_sheet(table, identity_type)
        rows = self._named(sheet, too_many(sheet.rows))
        passwords = Passwords(self.call, settings.secret_prefix, settings.instance_id, settings.kms_key, settings.owner)
        roster = Roster(self.call, settings.roster_table, settings.instance_id)
        importer = Importer(roster, passwords, identity_type, settings.generates_passwords, self.now())
        return sheet.notes, importer.hand_over(created, rows)

    def _named(self, sheet: Sheet, rows: list[Row]) -> list[Row]:
        """Returns the rows, refused where the instance lacks a name. Kept names are read again before a refusal."""
        if not any(row.agent for row in rows):
            return rows
        for is_fresh in (False, True):
            names = self.instance.names(self.call, creates_groups=self.settings.creates_groups, is_fresh=is_fresh)
            checked = [names.checked(row, sheet.header) for row in rows]
            if all(before.agent is None or after.agent for before, after in zip(rows, checked, strict=True)):
                break
        return checked

    def _end(self, created: Created) -> None:
        """Completes the result if nothing is pending, and moves the upload to quarantine. It may be repeated.

        A file that is declared in Git stays: without it, the next apply would upload it again.
        """
        self.uploads.finish(created.key, created.sequencer)
        if self.settings.kept and created.key.startswith(self.settings.kept):
            return
        place = f"{self.settings.quarantine}{created.key.removeprefix(self.settings.uploads)}-{created.sequencer}"
        is_copied = self._copy(created, place)
        if is_copied:
            version = {"VersionId": created.version_id} if created.version_id else {}
            # The version itself is deleted, not only its name: it has the passwords.
            self.call("s3:DeleteObject", {"Bucket": created.bucket, "Key": created.key, **version})
        # Without a place, another object has the name by now, in a bucket without versions.
        self.uploads.note(created.key, created.sequencer, moved_to=place if is_copied else "")

    def _copy(self, created: Created, place: str) -> bool:
        """Copies the upload. Returns False if another object has its name by now, in a bucket without versions."""
        source: dict[str, str] = {"Bucket": created.bucket, "Key": created.key}
        same = {"CopySourceIfMatch": created.e_tag}
        if created.version_id:
            source["VersionId"], same = created.version_id, {}
        key = self.settings.kms_key
        params: dict[str, Any] = {
            "Bucket": created.bucket,
            "Key": place,
            "CopySource": source,
            **same,
            "TaggingDirective": "REPLACE",
            "ServerSideEncryption": "aws:kms" if key else "AES256",
            **({"SSEKMSKeyId": key} if key else {}),
        }
        try:
            self.call("s3:CopyObject", params)
        except CallFailed as failed:
            if is_unmet(failed):
                return False
            # An earlier try has moved it already.
            if failed.code not in GONE:
                raise
        return True
