"""Writes contact-flow parameters to the session data of Amazon Q in Connect, for prompts and agents.

A contact flow calls the function with key/value parameters. It finds the contact's session and writes them there. It
always answers within the 8 seconds that a flow waits, and reports the outcome of every parameter.
"""

from __future__ import annotations

VERSION = "0.1.0"
