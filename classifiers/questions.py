"""The questions that learned heads answer: about an article, about a part that tells one incident, about a stretch.

One table for every reader: what is asked, which answers there are, and what a labelled incident answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from classifiers.incident_types import label_of
from classifiers.labelled import LabelledIncident
from codebook.codes import code_list

MANY = 4
"""The count from which a head says only "so many or more": what is larger is computed from the words."""

ARTICLE_QUESTIONS = ("relevance", "reason", "several")
"""Asked of a whole article: does it tell an incident, if not why, does it tell several."""

STRETCH_QUESTIONS = (
    "item", "place", "date", "weapon", "person", "sex", "relation", "status", "seized", "place word",
)  # fmt: skip
"""Asked of a stretch of text: is the paragraph an item of a round-up, is it the event's place, day or weapon, who is
the person, was what is counted seized, does the word tell the kind of the event's place. What is asked anew goes last:
the rows of fitted heads stand in this order."""

EVIDENCE = ("type", "place", "date", "weapons", "victims", "perpetrators", "possession", "seizure")
"""The fields whose words the encoder is taught to mark."""


def _of_outcome(outcome: str) -> Callable[[LabelledIncident], str]:
    return lambda incident: counted(sum(victim.outcome == outcome for victim in incident.victims))


def _other_victims(incident: LabelledIncident) -> str:
    return counted(sum(victim.outcome not in ("killed", "injured") for victim in incident.victims))


DEAD, ALIVE = frozenset({"killed", "suicide"}), frozenset({"injured", "suicide_attempt"})
"""The outcomes of who was hit."""


def _fate(incident: LabelledIncident) -> str:
    outcomes = {victim.outcome for victim in incident.victims}
    return "dead" if outcomes & DEAD else "alive" if outcomes & ALIVE else "none"


def _of_sex(sex: str) -> Callable[[LabelledIncident], str]:
    return lambda incident: counted(sum(victim.sex == sex for victim in incident.victims))


def _seized(what: str) -> Callable[[LabelledIncident], str]:
    def answer(incident: LabelledIncident) -> str:
        value = getattr(incident.seizure, what, None)
        return "none" if value is None else counted(value)

    return answer


def _names(code: str) -> Callable[[LabelledIncident], str]:
    return lambda incident: "yes" if code in incident.weapons else "no"


INCIDENT_QUESTIONS: Mapping[str, Callable[[LabelledIncident], str | None]] = {
    "type": lambda incident: label_of(incident.incident_type, incident.subtype),
    "possession": lambda incident: incident.possession,
    "jurisdiction": lambda incident: incident.jurisdiction or "none",
    "dated": lambda incident: "yes" if incident.date else "no",
    "placed": lambda incident: "yes" if incident.place else "no",
    "killed": _of_outcome("killed"),
    "injured": _of_outcome("injured"),
    "other victims": _other_victims,
    "fate": _fate,
    "women": _of_sex("female"),
    "men": _of_sex("male"),
    "unmarked": _of_sex("unreported"),
    "perpetrators": lambda incident: counted(len(incident.perpetrators)),
    "seized firearms": _seized("firearms"),
    "seized rounds": _seized("rounds"),
    "seized explosives": _seized("explosives"),
    "seized where": lambda incident: incident.seizure.where or "none" if incident.seizure else "none",
    **{f"weapon {code}": _names(code) for code in code_list("weapon").codes},
    "place type": lambda incident: incident.place_type,
}
"""Asked of what tells one incident: a whole article or an item of a round-up; with the answer the labels
give, null where they give none."""


def counted(number: int) -> str:
    """A count as heads say it: "0" to "3", then "4+"."""
    return str(number) if number < MANY else f"{MANY}+"
