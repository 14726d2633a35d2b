"""Lists that AWS replaces only as a whole. It is alone because such a list belongs to another resource than the call's.

One kind has such a list today: the IAM roles of a namespace of Amazon Redshift Serverless.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class ListChange(list[Any]):
    """The parameter of a call that has one item of a list, in place of the whole list.

    Apply reads the list by the operation `read` right before the call, and sends the whole list. It adds the items of
    the change. Without any, it removes those that are called `leaving` (`Kind.called`).
    """

    read: str
    leaving: str

    def __init__(self, items: Iterable[Any], read: str, leaving: str = "") -> None:
        super().__init__(items)
        self.read, self.leaving = read, leaving
