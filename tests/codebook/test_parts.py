"""The parts of an incident's facts."""

from __future__ import annotations

from itertools import chain

from codebook.parts import PARTS, unordered
from codebook.records import Facts, Victim


def test_every_field_is_in_one_part() -> None:
    assert sorted(chain.from_iterable(PARTS.values())) == sorted(Facts.model_fields)
    assert all(lead in part for lead, part in PARTS.items())


def test_the_order_of_a_list_says_nothing() -> None:
    one, other = Victim(sex="male", age=34), Victim(outcome="killed")
    assert unordered((one, other)) == unordered((other, one)) != unordered((one, one))
    assert unordered("handgun") != unordered(None)
