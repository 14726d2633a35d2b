"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table.

SDKs call the service `qconnect`; IAM and ARNs call it `wisdom`. A policy that says qconnect allows nothing.
"""

from __future__ import annotations

from reconciler.lambdas.session_data.target import Target
from reconciler.lambdas.shared.actions import Action

DESCRIBE_CONTACT = Action(
    "connect",
    "DescribeContact",
    ("arn:{partition}:connect:{region}:{account}:instance/{instance}/contact/*",),
)
UPDATE_SESSION_DATA = Action(
    "qconnect",
    "UpdateSessionData",
    (
        "arn:{partition}:wisdom:{region}:{account}:session/{assistant}/*",
        "arn:{partition}:wisdom:{region}:{account}:assistant/{assistant}",
    ),
    iam_action="wisdom:UpdateSessionData",
)
ACTIONS = (DESCRIBE_CONTACT, UPDATE_SESSION_DATA)


def describe_need(action: Action, target: Target) -> str:
    """Returns the action and its resource, for people."""
    return f"{action.allows} on {action.resources[0].format(**_words(target))}"


def _words(target: Target) -> dict[str, str]:
    return {
        "partition": target.place.partition or "aws",
        "region": target.region,
        "account": target.place.account or "ACCOUNT",
        "instance": target.instance,
        "assistant": target.assistant,
    }
