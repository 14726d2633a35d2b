"""The errors that stop the work on one canonical table. They are results of the pair, with a code first."""

from __future__ import annotations


class TableFailed(Exception):  # noqa: N818 - the name says what happened
    """The history of one table could not be continued; the next run tries again.

    Codes: AWS, LEDGER, MANIFEST, MAPPING, RAW, DISK, RAW_EXPIRED. The message contains no content of a record.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
