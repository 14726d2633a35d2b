"""The call that changes one attribute: Amazon SNS takes the attributes of an update one by one."""

from __future__ import annotations

from reconciler.kinds.translation import ATTRIBUTES
from reconciler.model import Call


def one_attribute(call: Call) -> Call:
    """Returns an update of one attribute in the form of SetTopicAttributes and SetSubscriptionAttributes."""
    ((name, value),) = call.params[ATTRIBUTES].items()
    own = {key: item for key, item in call.params.items() if key != ATTRIBUTES}
    return Call(call.service, call.operation, {**own, "AttributeName": name, "AttributeValue": value})
