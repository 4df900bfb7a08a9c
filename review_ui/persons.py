"""Whose words light up: the evidence of a report's persons, with the numbers that these persons have on the page.

Every report counts its own persons: the second of one may be the first of another, and of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from codebook.records import Evidence, Facts
from linking.persons import Person, same_persons

Persons = Mapping[str, Sequence[Person]]
"""The victims and the perpetrators of a page, by the name of their field."""

_NUMBERED = re.compile(r"(victims|perpetrators)\[(\d+)\]")


def persons_of(facts: Facts) -> Persons:
    return {"victims": facts.victims, "perpetrators": facts.perpetrators}


def renumbered(evidence: Iterable[Evidence], told: Facts, shown: Persons) -> list[Evidence]:
    """The evidence of a report that tells these facts, for the persons shown. What it has of a person that is none of
    them loses its number: `victims[].age` is evidence for a victim, and for no row of the form."""
    places = {kind: same_persons(shown[kind], people) for kind, people in persons_of(told).items()}

    def numbered(found: re.Match[str]) -> str:
        kind, number = found[1], int(found[2])
        return f"{kind}[{places[kind].get(number, '')}]"

    return [each.model_copy(update={"field": _NUMBERED.sub(numbered, each.field)}) for each in evidence]
