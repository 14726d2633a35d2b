"""Contact-flow parameters → the session data of Amazon Q in Connect, so that prompts and agents can use them.

A contact flow calls it with key/value parameters; it finds the contact's session and writes them there. Whatever
happens, it answers within the 8 seconds that a flow waits, and says what became of every parameter.
"""

from __future__ import annotations

VERSION = "0.1.0"
