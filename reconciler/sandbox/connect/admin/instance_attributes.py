"""Attributes of an instance: settings of the service that are "true" or "false"."""

from __future__ import annotations

from moto.connect.models import Instance

from reconciler.sandbox import shapes
from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, invalid

# The attributes that are on in a new instance: another client's defaults [seen]. The others are off [inferred].
ON = ("CONTACT_LENS", "AUTO_RESOLVE_BEST_VOICES", "EARLY_MEDIA")
CALLS = {"INBOUND_CALLS": "inbound_calls_enabled", "OUTBOUND_CALLS": "outbound_calls_enabled"}


class InstanceAttributes(Resources):
    def describe_instance_attribute(self, params: Params) -> Answer:
        type = params["AttributeType"]
        return {"Attribute": {"AttributeType": type, "Value": self._value(params, type)}}

    def list_instance_attributes(self, params: Params) -> Answer:
        """Lists attributes in the model's order [inferred], at most seven a page [service model]."""
        instance = self.instance(params)
        types = shapes.service(model.SERVICE).shape_for("InstanceAttributeType").metadata["enum"]
        rows = [
            (f"{place:02}", {"AttributeType": type, "Value": self._value(params, type)})
            for place, type in enumerate(types)
        ]
        return self.page_of("ListInstanceAttributes", params, [instance.arn], rows)

    def update_instance_attribute(self, params: Params) -> Answer:
        """Sets an attribute to "true" or "false"; other values are refused [inferred].

        USE_CUSTOM_TTS_VOICES is for customers on a list [service model]. Others get this refusal [inferred].
        """
        type, value = params["AttributeType"], params["Value"]
        holdings, instance = self.holdings(params), self.instance(params)
        if value not in ("true", "false"):
            raise invalid("Value: must be true or false")
        if type == "USE_CUSTOM_TTS_VOICES" and value == "true" and not self.world.switches.custom_voices:
            raise Refused("InvalidRequestException", "USE_CUSTOM_TTS_VOICES: the account is not on the list")
        if type in CALLS:
            setattr(instance, CALLS[type], value == "true")
        else:
            holdings.attributes[type] = value
        return {}

    def _value(self, params: Params, type: str) -> str:
        instance: Instance = self.instance(params)
        if type in CALLS:
            return str(getattr(instance, CALLS[type])).lower()
        return self.holdings(params).attributes.get(type, str(type in ON).lower())
