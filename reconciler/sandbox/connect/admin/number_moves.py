"""Moves phone numbers to another instance. It is alone because a move has open questions of its own."""

from __future__ import annotations

from reconciler.sandbox.connect.admin.catalogue import PHONE_NUMBER
from reconciler.sandbox.connect.admin.phone_numbers import FULL, PhoneNumbers, is_in_group, named_answer
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import invalid
from reconciler.sandbox.faults import CreationFault


class NumberMoves(PhoneNumbers):
    def update_phone_number(self, params: Params) -> Answer:
        """Moves a number to another instance asynchronously [service model].

        Its flow association is lost [service model: it "doesn't migrate the flow configuration"]. Its tags stay [seen:
        terraform-provider-aws, phone_number_test.go], as do id, ARN and description [inferred]. A move does
        not count against 200 % of the quota [inferred: the model names only claims and releases].

        A full target refuses nothing: the move fails later, with a message [service model, PhoneNumberStatus]. The
        number then stays where it is [inferred]; a switch decides whether it keeps its flow. A number in progress is a
        ResourceInUseException [inferred: the error is modelled]. Its own instance as the target is a switch.
        """
        target = self._target(params)
        holdings, number = self._settled(params["PhoneNumberId"])
        if target is holdings and not is_in_group(number):
            if self.world.switches.same_instance == "refused":
                raise invalid(f"{number.name} is claimed to this instance already")
            return named_answer(number)
        is_full = len(target.of(PHONE_NUMBER.name)) >= self.world.quotas.phone_numbers
        fails = FULL if is_full else (self.world.faults.claim or CreationFault()).fails
        if not fails or self.world.switches.failed_move == "loses_flow":
            number.links = {}
        self._begin(number, fails, to="" if fails else target.arn.rpartition("/")[2])
        if self.world.switches.moving_numbers == "target":
            self._arrive(number, holdings)
        return named_answer(number)
