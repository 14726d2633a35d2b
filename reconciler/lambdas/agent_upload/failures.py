"""The errors of an invocation. Messages have no cell and no secret.

Failed           an invocation that must be repeated
  WrongSettings  the environment variables, with all mistakes at once
  WrongEvent     the event is not one of S3, or of another bucket
  UploadFailed   an upload that AWS did not let through
  NoTime         the deadline came before the end; the next try continues
"""

from __future__ import annotations


class Failed(Exception):  # noqa: N818 - the name says what happened
    """The base of all errors that stop an invocation."""


class WrongSettings(Failed):
    pass


class WrongEvent(Failed):
    pass


class UploadFailed(Failed):
    pass


class NoTime(Failed):
    pass
