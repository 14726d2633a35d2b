"""Descriptions: AWS trims them, so the manifest's and the live one are compared without white space around them."""

from reconciler.kinds.connect.table_spec import Attribute, DataTable
from reconciler.kinds.registry import KINDS
from reconciler.kinds.schema import kind_schema


def test_white_space_around_a_description_means_nothing():
    table = DataTable(name="T", time_zone="UTC", description=" who is served\nhow \n")
    attribute = Attribute(name="A", value_type="TEXT", description="\tits tier ")

    assert (table.description, attribute.description) == ("who is served\nhow", "its tier")


def test_the_reference_says_so_and_what_an_unsaid_lock_level_means():
    spec = kind_schema(KINDS["DataTable"])["properties"]["spec"]["properties"]

    assert "white space around it is left out" in spec["description"]["description"]
    assert (
        "white space around it is left out" in spec["attributes"]["items"]["properties"]["description"]["description"]
    )
    assert "left as it is in one that is live" in spec["valueLockLevel"]["description"]
