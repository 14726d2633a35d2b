"""One attempt to call an operation, as faults and counters see it."""

from __future__ import annotations

from dataclasses import dataclass

WRITE_VERBS = (
    *("Create", "Update", "Delete", "Associate", "Disassociate"),
    *("BatchCreate", "BatchUpdate", "BatchDelete", "Tag", "Untag"),
    *("Abort", "Accept", "Activate", "Add", "Attach", "BatchExecute", "BatchWrite", "Cancel", "Change", "Complete"),
    *("Confirm", "Convert", "Copy", "Deactivate", "Deregister", "Detach", "Disable", "Enable", "Execute", "Export"),
    *("Import", "Invoke", "Label", "Modify", "Pause", "Publish", "Purge", "Put", "Redrive", "Register", "Reject"),
    *("Remove", "Rename", "Replicate", "Reset", "Restore", "Resume", "Resync", "Revoke", "Rotate", "Schedule"),
    *("Send", "Set", "Start", "Stop", "Subscribe", "Terminate", "TransactWrite", "Unlabel", "Unsubscribe", "Upload"),
    "Write",
)
# Their random streams have the bare names of operations. Another name would change what a seed brings about.
BARE = ("connect", "qconnect")


@dataclass(frozen=True)
class Attempt:
    """`service` has boto3's name."""

    service: str
    operation: str
    account: str
    region: str

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"

    @property
    def stream(self) -> str:
        """Returns the name of the operation's random stream."""
        return self.operation if self.service in BARE else self.name

    @property
    def is_write(self) -> bool:
        return is_write(self.operation)

    @property
    def names(self) -> frozenset[str]:
        """Returns the names under which a fault may name the operation."""
        return frozenset((self.name, self.operation))


def is_write(operation: str) -> bool:
    return operation.startswith(WRITE_VERBS)


def names_of(operation: str) -> frozenset[str]:
    """Returns the names of `service:Operation`, or of one of Amazon Connect's operations."""
    service, _, bare = operation.rpartition(":")
    return frozenset((bare, f"{service or 'connect'}:{bare}"))
