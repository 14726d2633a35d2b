"""The forms of environment variables that both functions have."""

from __future__ import annotations

import re

# The groups are the Region, if it is an ARN, and the id.
INSTANCE = re.compile(r"(?:arn:aws[\w-]*:connect:([a-z0-9-]+):\d{12}:instance/)?([0-9a-f-]{36})")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
PREFIX = re.compile(r"[A-Za-z0-9_.=-][A-Za-z0-9_./=-]{0,200}/")
KEY = re.compile(r"|arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+")
