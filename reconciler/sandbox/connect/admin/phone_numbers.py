"""Phone numbers: searched, claimed, described and released. `number_moves` moves them to another instance.

Simplified: imported numbers do not exist in the sandbox, and of traffic distribution groups only their numbers do: a
seeded number has the ARN of its group as `TargetArn`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.catalogue import PHONE_NUMBER
from reconciler.sandbox.connect.admin.number_ledger import NumberLedger, Work
from reconciler.sandbox.connect.admin.number_pool import PoolNumber, numbers_of, pool_number
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params, new_id
from reconciler.sandbox.errors import in_use, invalid, not_found
from reconciler.sandbox.faults import CreationFault

GROUP = "TargetArn"  # the member of a seeded number that is in a traffic distribution group
DAY = 24 * 3600.0
COOL_DOWN = 180 * DAY  # "up to 180 days" after a release [service model]
KEPT_AFTER_FAILURE = DAY  # "you have one day to retry" after a failed claim [service model]
PREFIX = re.compile(r"\+[0-9]{1,11}")  # "it must contain + as part of the country code" [service model]
TOKEN = re.compile(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}")  # [service model, of the member]
FULL = "You've reached the limit of Phone Numbers. To increase limit, contact support."  # [admin guide]
SPENT = "Claims and releases of the last 180 days exceed 200 percent of the quota of phone numbers."  # Text inferred.


class PhoneNumbers(Resources):
    def search_available_phone_numbers(self, params: Params) -> Answer:
        """Finds free numbers in ascending order, 10 on a page. It reserves none [seen: terraform-provider-aws 45572].

        AWS documents no order.
        """
        target = self._target(params)
        prefix = params.get("PhoneNumberPrefix") or ""
        if prefix and not PREFIX.fullmatch(prefix):
            raise invalid("PhoneNumberPrefix: must begin with + and the country code")
        country, type = params["PhoneNumberCountryCode"], params["PhoneNumberType"]
        free = (it for it in numbers_of(country, type) if it.number.startswith(prefix))
        rows = [(it.number, _facts_of(it)) for it in free if self._is_free(it.number)]
        return self.page_of("SearchAvailablePhoneNumbers", params, [target.arn, country, type, prefix], rows)

    def claim_phone_number(self, params: Params) -> Answer:
        """Claims a number asynchronously [service model]. Without the fault `claim` it takes one further call.

        A full quota refuses nothing: the claim fails later, and only a description shows it [seen: boto3, issue 4622].
        """
        holdings, number, ledger = self._target(params), params["PhoneNumber"], self._ledger
        if not TOKEN.fullmatch(params.get("ClientToken") or new_id()):
            raise invalid("ClientToken: must be a UUID")
        known = pool_number(number)
        retried = [id for id, (one, _) in ledger.failed.items() if one.name == number and _is_in(one, holdings)]
        if known is None or not (self._is_free(number) or retried):
            raise invalid(f"Phone number not available: {number}")  # [seen: terraform-provider-aws 45572]
        for id in retried:
            del ledger.failed[id]
        fault = self.world.faults.claim or CreationFault()
        fails = self._limit(holdings) or fault.fails
        ledger.changes.append(self.world.now())
        members = _facts_of(known) | {"InstanceId": _id(holdings)}
        if params.get("PhoneNumberDescription"):
            members["PhoneNumberDescription"] = params["PhoneNumberDescription"]
        claimed = self.add(holdings, PHONE_NUMBER, members, params.get("Tags") or {})
        ledger.works[claimed.id] = Work(self.world.accepted + fault.calls, fails)
        if fails:
            del holdings.of(PHONE_NUMBER.name)[claimed.id]
            ledger.failed[claimed.id] = (claimed, self.world.now())
        return named_answer(claimed)

    def describe_phone_number(self, params: Params) -> Answer:
        """Describes a number, by id or ARN, of whatever status [service model]."""
        holdings, number = self._number(params["PhoneNumberId"], with_failed=True)
        work = self._ledger.works.get(number.id, Work(0))
        status: Answer = {"Status": work.status(self.world.accepted)}
        if status["Status"] == "FAILED":
            status["Message"] = work.fails
        member, members = model.whole("DescribePhoneNumber")
        facts = self.facts(holdings, number) | _place(holdings, number) | {"PhoneNumberStatus": status}
        return {member: self.answer_of(number, facts, members)}

    def update_phone_number_metadata(self, params: Params) -> Answer:
        """Changes the description asynchronously [service model]. It shows at once [inferred]."""
        holdings, number = self._settled(params["PhoneNumberId"])
        new = {"PhoneNumberDescription": params.get("PhoneNumberDescription") or ""}
        self.change(holdings, number, number.members | new)
        self._begin(number)
        return {}

    def release_phone_number(self, params: Params) -> Answer:
        """Releases a number, which then cools down [service model]. Queues that call out with it stay [inferred]."""
        holdings, number = self._settled(params["PhoneNumberId"])
        del holdings.of(PHONE_NUMBER.name)[number.id]
        self._ledger.cooling[number.name] = self.world.now() + COOL_DOWN
        self._ledger.changes.append(self.world.now())
        return {}

    def list_phone_numbers_v2(self, params: Params) -> Answer:
        """Lists the numbers of one instance, or of all in the Region [service model].

        Inactive instances have none [inferred]. A failed claim is in no list [seen: boto3, issue 4622]. A claim in
        progress is [inferred]; a switch. A number of a traffic distribution group is in the list of no instance
        [service model], nor of all [inferred: "claimed to all the … instances"]; a switch.
        """
        target = params.get("TargetArn") or params.get("InstanceId")
        if params.get("TargetArn") and params.get("InstanceId"):
            raise invalid("TargetArn and InstanceId: only one of them can be given")
        targets = [self.present(target)] if target else list(self.backend.instances.values())
        instances = [instance.id for instance in targets if self.status_of(instance)[0] == "ACTIVE"]
        numbers = [
            (number, facts)
            for instance in instances
            for number, facts in self._listed(self.holdings({"InstanceId": instance}), of_all=not target)
            if _is_wanted(facts, params)
        ]
        wanted = [target, *(params.get(name) for name in ("PhoneNumberCountryCodes", "PhoneNumberTypes"))]
        return self.page("ListPhoneNumbersV2", params, [*wanted, params.get("PhoneNumberPrefix")], numbers)

    def list_phone_numbers(self, params: Params) -> Answer:
        """Lists numbers with two types only, and with ARNs that cannot be tagged [service model]."""
        holdings = self.holdings(params)
        numbers = []
        for number, facts in self._listed(holdings):
            is_free = facts["PhoneNumberType"] in ("TOLL_FREE", "UIFN", "THIRD_PARTY_TF")
            old = {"Arn": f"{holdings.arn}/phone-number/{number.id}"}
            old["PhoneNumberType"] = "TOLL_FREE" if is_free else "DID"
            if _is_wanted(facts | old, params):
                numbers.append((number, facts | old))
        wanted = [holdings.arn, *(params.get(name) for name in ("PhoneNumberCountryCodes", "PhoneNumberTypes"))]
        return self.page("ListPhoneNumbers", params, wanted, numbers)

    def tagged_number(self, arn: str) -> tuple[Holdings, Resource]:
        """Returns the number that a request about tags names. Its ARN must be the one without an instance."""
        holdings, number = self._number(arn.rpartition("/")[2])
        if number.arn != arn:
            raise not_found(f"no resource {arn}")
        return holdings, number

    def _target(self, params: Params) -> Holdings:
        """Returns the resources of the instance that a request names by id or by target [service model]."""
        given = [params[name] for name in ("TargetArn", "InstanceId") if params.get(name)]
        if len(given) != 1:
            raise invalid("TargetArn and InstanceId: exactly one of them must be given")
        return self.holdings({"InstanceId": given[0]})

    def _number(self, given: str, *, with_failed: bool = False) -> tuple[Holdings, Resource]:
        id = given.rpartition("/")[2]
        self._let_arrive()
        for instance in self.backend.instances.values():
            if self.status_of(instance)[0] == "ACTIVE":
                holdings = self.holdings({"InstanceId": instance.id})
                if id in holdings.of(PHONE_NUMBER.name):
                    return holdings, self.find(holdings, PHONE_NUMBER, given, by_arn=True)
        one, failed_at = self._ledger.failed.get(id, (None, 0.0))
        if with_failed and one and self.world.clock() < failed_at + KEPT_AFTER_FAILURE:
            return self.holdings({"InstanceId": one.members["InstanceId"]}), one
        raise not_found(f"no phone number {given}")

    def _settled(self, given: str) -> tuple[Holdings, Resource]:
        """Returns a number without work in progress. Another one is in use [inferred: the error is modelled]."""
        holdings, number = self._number(given)
        if self._is_in_progress(number):
            raise in_use(f"{number.name} is in progress", number.arn)
        return holdings, number

    def _begin(self, number: Resource, fails: str = "", to: str = "") -> None:
        calls = (self.world.faults.claim or CreationFault()).calls
        self._ledger.works[number.id] = Work(self.world.accepted + calls, fails, to)

    def _arrive(self, number: Resource, source: Holdings) -> Holdings:
        """Puts a number that is moved into the other instance."""
        work = self._ledger.works[number.id]
        target = self.holdings({"InstanceId": work.to}) if work.to else source
        self._ledger.works[number.id] = replace(work, to="")
        if target is not source or is_in_group(number):
            members = {name: it for name, it in number.members.items() if name != GROUP} | {"InstanceId": _id(target)}
            self.change(source, number, members)
            del source.of(PHONE_NUMBER.name)[number.id]
            target.of(PHONE_NUMBER.name)[number.id] = number
        return target

    def _let_arrive(self) -> None:
        """Puts the numbers whose move is done into their instances."""
        every = self.backend.__dict__.get("administration", {}).values()
        done = [
            (number, holdings)
            for holdings in every
            for number in holdings.of(PHONE_NUMBER.name).values()
            if self._ledger.works.get(number.id, Work(0)).to and not self._is_in_progress(number)
        ]
        for number, holdings in done:
            self._arrive(number, holdings)

    def _is_in_progress(self, number: Resource) -> bool:
        return self._ledger.works.get(number.id, Work(0)).status(self.world.accepted) == "IN_PROGRESS"

    def _listed(self, holdings: Holdings, *, of_all: bool = False) -> Iterator[tuple[Resource, Answer]]:
        self._let_arrive()
        switches = self.world.switches
        with_groups = of_all and switches.group_numbers == "listed"
        for number in holdings.of(PHONE_NUMBER.name).values():
            if is_in_group(number) and not with_groups:
                continue
            if switches.unfinished_numbers == "listed" or not self._is_in_progress(number):
                yield number, self.facts(holdings, number) | _place(holdings, number)

    def _is_free(self, number: str) -> bool:
        now, ledger = self.world.clock(), self._ledger
        if now < ledger.cooling.get(number, 0.0):
            return False
        kept = [one.name for one, failed_at in ledger.failed.values() if now < failed_at + KEPT_AFTER_FAILURE]
        every = self.backend.__dict__.get("administration", {}).values()
        held = (one.name for holdings in every for one in holdings.of(PHONE_NUMBER.name).values())
        return number not in kept and number not in held

    def _limit(self, holdings: Holdings) -> str:
        """Returns why a claim fails: the instance is full, or too much was claimed and released [service model]."""
        most, since = self.world.quotas.phone_numbers, self.world.now() - COOL_DOWN
        if len(holdings.of(PHONE_NUMBER.name)) >= most:
            return FULL
        return SPENT if sum(then > since for then in self._ledger.changes) >= 2 * most else ""

    @property
    def _ledger(self) -> NumberLedger:
        ledger: NumberLedger = self.backend.__dict__.setdefault("number_ledger", NumberLedger())
        return ledger


def seeded_number(members: dict[str, Any], instance: str) -> dict[str, Any]:
    """Returns a seeded number with its instance, country and type: US and DID if the pool does not have it."""
    known = pool_number(members["PhoneNumber"]) or PoolNumber(members["PhoneNumber"], "US", "DID")
    return _facts_of(known) | {"InstanceId": instance} | members


def is_in_group(number: Resource) -> bool:
    """Returns whether the number is claimed to a traffic distribution group."""
    return GROUP in number.members


def _facts_of(number: PoolNumber) -> Answer:
    return {
        "PhoneNumber": number.number,
        "PhoneNumberCountryCode": number.country,
        "PhoneNumberType": number.type,
    }


def named_answer(number: Resource) -> Answer:
    return {"PhoneNumberId": number.id, "PhoneNumberArn": number.arn}


def _place(holdings: Holdings, number: Resource) -> Answer:
    """Returns the members that say where a number is. One of a group shows no instance [inferred]."""
    group = number.members.get(GROUP)
    return {GROUP: group, "InstanceId": None} if group else {GROUP: holdings.arn}


def _id(holdings: Holdings) -> str:
    return holdings.arn.rpartition("/")[2]


def _is_in(number: Resource, holdings: Holdings) -> bool:
    return bool(number.members["InstanceId"] == _id(holdings))


def _is_wanted(facts: Answer, params: Params) -> bool:
    for member, criterion in (
        ("PhoneNumberCountryCode", "PhoneNumberCountryCodes"),
        ("PhoneNumberType", "PhoneNumberTypes"),
    ):
        if params.get(criterion) and facts.get(member) not in params[criterion]:
            return False
    return str(facts["PhoneNumber"]).startswith(params.get("PhoneNumberPrefix") or "")
