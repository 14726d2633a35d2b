"""The PredefinedAttribute kind: a named list of values for routing criteria and proficiencies."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Each, Ownership, Resource, Spec, Unordered

AttributeText = Annotated[str, Field(min_length=1, max_length=100)]


class AttributeValues(Spec):
    """The values of the attribute."""

    string_list: Annotated[Unordered[AttributeText], Each()] = Field(
        (), max_length=500, description="Up to 500 values of 1 to 100 characters.", examples=[["English", "French"]]
    )


class AttributeConfiguration(Spec):
    """How strictly AWS checks values of the attribute."""

    enable_value_validation_on_association: bool = Field(
        False, description="Refuses values for contacts that are not in the list."
    )


class PredefinedAttribute(Resource):
    """An attribute with its values. It has no tags, so it is managed while it is declared."""

    name: AttributeText = Field(
        description="The name of the attribute, in 1 to 100 characters. AWS cannot change it.", examples=["Language"]
    )
    values: AttributeValues = AttributeValues()
    purposes: Annotated[Unordered[AttributeText], Each()] = Field(
        (), max_length=10, description="Up to 10 categories, which the admin website shows.", examples=[["Routing"]]
    )
    attribute_configuration: AttributeConfiguration = AttributeConfiguration()


class PredefinedAttributeKind(Kind[PredefinedAttribute]):
    spec = PredefinedAttribute
    service = CONNECT
    ownership = Ownership.DECLARED
    identity = Identity("Name")
    reading = Reading(
        search=Listing("SearchPredefinedAttributes", "PredefinedAttributes", {"MaxResults": 100}),
        lookup=Listing("ListPredefinedAttributes", "PredefinedAttributeSummaryList", {"MaxResults": 100}),
        describe=("DescribePredefinedAttribute", "PredefinedAttribute"),
    )
    writing = Writing(
        create="CreatePredefinedAttribute",
        delete="DeletePredefinedAttribute",
        updates=(Update("UpdatePredefinedAttribute", ("values", "purposes", "attribute_configuration")),),
    )
