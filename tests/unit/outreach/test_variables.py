"""What templates can say, and where it comes from."""

import re
from dataclasses import fields

from lib.outreach.people import Person
from lib.outreach.prompt import SHARED
from lib.outreach.variables import SAMPLE, VARIABLES, Facts, read_values
from lib.settings import ROOT

DOCUMENT = (ROOT / "docs" / "schema.md").read_text()
# Added to the document's table by this program.
OURS = {"notes"}


def test_every_variable_comes_from_a_column_that_there_is() -> None:
    for variable in VARIABLES.values():
        table, column = re.match(r"(\w+)\.(\w+)", variable.source).groups()
        definition = re.search(rf"CREATE TABLE {table} \((.*?)\n\);", DOCUMENT, re.DOTALL)[1]
        assert column in OURS or re.search(rf"^  {column} ", definition, re.MULTILINE), variable.source


def test_every_fact_of_a_recipient_can_be_said() -> None:
    facts = {field.name for field in fields(Facts)}
    assert facts <= {field.name for field in fields(Person)}
    assert all(read_values(SAMPLE).values())


def test_ways_to_reach_a_person_are_not_for_the_model() -> None:
    assert not {"email", "phone", "linkedinUrl"} & set(SHARED)
