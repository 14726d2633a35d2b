"""The errors of a run, by their cause. Messages contain no phone number and no secret.

Failed            a run that stops; the watermark stays, and the next run tries again
  WrongSettings   the environment variables, with all mistakes at once
  WrongEvent      the event
  SearchFailed    a page that AWS did not return, or a search whose counts differ
  DescribeFailed  contacts that could not be described, with their ids
  LoadFailed      the database, or the bucket
  LedgerFailed    DynamoDB
  NoTime          the deadline is too near to start
"""

from __future__ import annotations


class Failed(Exception):  # noqa: N818 - the name says what happened
    """The base of all errors that stop a run."""


class WrongSettings(Failed):
    pass


class WrongEvent(Failed):
    pass


class SearchFailed(Failed):
    pass


class DescribeFailed(Failed):
    def __init__(self, message: str, contacts: tuple[str, ...]) -> None:
        super().__init__(message)
        self.contacts = contacts


class LoadFailed(Failed):
    pass


class LedgerFailed(Failed):
    pass


class NoTime(Failed):
    pass
