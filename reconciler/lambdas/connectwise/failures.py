"""The errors that stop a function of ConnectWise as a whole. A failed pair is a result and not an error.

Failed            the base
  WrongSettings   the environment variables, with all mistakes at once
  WrongEvent      the event, with near matches of an unknown name
  LedgerFailed    DynamoDB does not answer
  LeaseLost       another run works on the item by now: nothing more may be written for it
"""

from __future__ import annotations


class Failed(Exception):  # noqa: N818 - the name says what happened
    """The base of all errors that stop a function. A message contains no secret and no content of a record."""


class WrongSettings(Failed):
    pass


class WrongEvent(Failed):
    pass


class LedgerFailed(Failed):
    pass


class LeaseLost(Failed):
    pass
