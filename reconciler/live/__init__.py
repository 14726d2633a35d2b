"""Reads the live state from AWS: the second stage."""

from reconciler.live.reading import ReadRequest, read
from reconciler.live.resource import read_contents

__all__ = ["ReadRequest", "read", "read_contents"]
