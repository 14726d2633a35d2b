"""Composite alarms, and deletions, which composite alarms can prevent."""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import EmptyResult

from reconciler.sandbox.cloudwatch.metric_alarms import MetricAlarms
from reconciler.sandbox.cloudwatch.room import Params, Proceed, invalid
from reconciler.sandbox.cloudwatch.store import COMPOSITE
from reconciler.sandbox.errors import Refused

CHILDREN = 100  # "as many as 100 'children' alarms" [service model]
_FUNCTION = r'(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s"()]+))\s*\)'
_TOKEN = re.compile(rf"\s*(?:{_FUNCTION}|(?P<word>TRUE|FALSE|AND|OR|NOT|\(|\)))", re.IGNORECASE)


class CompositeAlarms(MetricAlarms):
    def put_composite_alarm(self, params: Params, proceed: Proceed) -> Any:
        """Creates a composite alarm, or replaces all of it but its state and its tags [service model]."""
        children = children_of(params["AlarmRule"])
        missing = sorted(name for name in map(self._named, children) if name not in self.store.alarms)
        if missing:  # [seen: aws-cloudformation-user-guide, issue 911]
            names = ", ".join(missing)
            raise invalid(f"Could not save the composite alarm as alarms [{names}] in the alarm rule do not exist")
        suppressor = params.get("ActionsSuppressor")
        periods = [params.get(f"ActionsSuppressor{part}Period") for part in ("Wait", "Extension")]
        if suppressor and None in periods:  # "required only when ActionsSuppressor is specified" [service model]
            raise invalid("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required")
        if not suppressor and periods != [None, None]:  # [inferred]
            raise invalid("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod need an ActionsSuppressor")
        if suppressor and self._named(suppressor) not in self.store.alarms:  # [inferred]
            raise invalid(f"The suppressor alarm {suppressor} does not exist")
        self.put_alarm(COMPOSITE, params)
        return EmptyResult()

    def delete_alarms(self, params: Params, proceed: Proceed) -> Any:
        """Deletes alarms, of which one may be composite. Correct names "are still deleted" beside incorrect ones
        [service model]. An alarm in a rule stays [seen: cloud-custodian, issue 7763; aws-nuke, issue 462].
        """
        alarms, names = self.store.alarms, params["AlarmNames"]
        there = [name for name in names if name in alarms]
        if sum(alarms[name].type == COMPOSITE for name in there) > 1:
            raise invalid("No more than one composite alarm can be deleted in one operation")
        held = sorted({name for name in there if self._parents(name) - {name}})
        if held:
            them = "it" if len(held) == 1 else "them"
            raise invalid(f"Cannot delete {','.join(held)} as there are composite alarm(s) depending on {them}.")
        for name in there:
            del alarms[name]
        if len(there) < len(names):
            raise Refused("ResourceNotFound", f"Alarms {', '.join(sorted(set(names) - set(there)))} do not exist.")
        return EmptyResult()

    def children(self, name: str) -> set[str]:
        """Returns the names of the alarms in the rule of a composite alarm, and of its suppressor."""
        members = self.alarm(name).members
        named = [*children_of(members.get("AlarmRule") or ""), *filter(None, [members.get("ActionsSuppressor")])]
        return set(map(self._named, named))

    def _parents(self, name: str) -> set[str]:
        composites = (other for other, alarm in self.store.alarms.items() if alarm.type == COMPOSITE)
        return {other for other in composites if name in self.children(other)}

    def _named(self, text: str) -> str:
        """Returns the name of an alarm that is given by its name or its ARN."""
        return text.removeprefix(self.store.arn(""))


def children_of(rule: str) -> list[str]:
    """Returns the alarms in a rule, in its own spelling. Raises `Refused` for what is not a rule."""
    at, children, words = 0, list[str](), list[str]()
    while rule[at:].strip():
        if not (token := _TOKEN.match(rule, at)):
            raise invalid(f"AlarmRule must not contain leading or trailing whitespace or be null: {rule[at : at + 20]}")
        if token["word"]:
            words.append(token["word"].upper())
        else:
            children.append(token["quoted"] or token["bare"])
            words.append("TRUE")
        at = token.end()
    if rule and not _is_expression(words):
        raise invalid(f"AlarmRule is not an expression: {rule}")
    if len(set(children)) > CHILDREN:
        raise invalid(f"AlarmRule has more than {CHILDREN} alarms")
    return children


def _is_expression(words: list[str]) -> bool:
    """Returns whether values and operators take turns, and brackets come in pairs."""
    wants_value, depth = True, 0
    for word in words:
        if word == "NOT" or word == "(":
            if not wants_value:
                return False
            depth += word == "("
        elif word in ("AND", "OR"):
            if wants_value:
                return False
            wants_value = True
        elif word == ")":
            depth -= 1
            if wants_value or depth < 0:
                return False
        elif not wants_value:
            return False
        else:
            wants_value = False
    return not wants_value and depth == 0
