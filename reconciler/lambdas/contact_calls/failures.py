"""What can go wrong, by who can mend it; the message is for people and holds no phone number and no secret.

Failed            a run that ends here: the watermark stays, the next run tries again
  WrongSettings   the environment variables, all of their mistakes at once
  WrongEvent      the event
  SearchFailed    a page that could not be had, or a search that does not add up
  DescribeFailed  contacts that could not be described; their ids are told
  LoadFailed      the database, or the bucket
  LedgerFailed    DynamoDB
  NoTime          the deadline is too near for anything to be done at all
"""

from __future__ import annotations


class Failed(Exception):  # noqa: N818 - it names what happened
    """Base of all that a run ends with."""


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
