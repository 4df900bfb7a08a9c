"""What two models reach, side by side: the model in use when a model was offered, and that model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review_ui.translation.speaking import N_, translated
from store.schema import ModelOffer

FIGURES = {
    "relevance_recall": N_("Articles that tell an incident: passed on"),
    "relevance_precision": N_("Articles passed on: that tell an incident"),
    "relevance_f1": N_("Passed on, both together (F1)"),
    "incidents_found": N_("Incidents found"),
    "type": N_("Type"),
    "subtype": N_("Type and subtype"),
    "jurisdiction": N_("Jurisdiction"),
    "place": N_("Municipality"),
    "date": N_("Date"),
    "weapons": N_("Weapons"),
    "possession": N_("Possession"),
    "killed": N_("Number killed"),
    "injured": N_("Number injured"),
    "female_victims_f1": N_("Women among the victims (F1)"),
    "male_victims_f1": N_("Men among the victims (F1)"),
    "perpetrators": N_("Number of perpetrators"),
    "seized_firearms": N_("Firearms seized"),
    "seized_rounds": N_("Rounds seized"),
}
"""The figures that are shown, by their names in `classifiers.evaluation`."""

PARTS = {
    "dev": N_("Articles that nobody trains on"),
    "decisions": N_("Your decisions that were held out"),
    "stream": N_("An ordinary day: one article in twenty tells an incident"),
}
"""What is measured on, the headings of a page."""

BY_PART = ("relevance_recall", "type")
"""The figures shown for each language and each type."""

EQUAL = 0.0005
"""A smaller difference does not show in three digits."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure from 0 to 1 of both models, and over how many things it was counted."""

    name: str
    before: float
    after: float
    number: int

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def verdict(self) -> str:
        if abs(self.change) < EQUAL:
            return "same"
        return "better" if self.change > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Table:
    """The figures over one set of articles: of all, and by language and type those of `BY_PART`."""

    title: str
    articles: int
    overall: Sequence[Row]
    by_language: Mapping[str, Sequence[Row]]
    by_type: Mapping[str, Sequence[Row]]

    def counted(self, verdict: str) -> int:
        """How many of the figures over all articles are better, worse or the same."""
        return sum(row.verdict == verdict for row in self.overall)


def tables(offer: ModelOffer) -> list[Table]:
    """The figures of an offer; none where the training failed."""
    before, after = offer.before or {}, offer.after or {}
    return [
        _table(title, before[part], after[part]) for part, title in PARTS.items() if part in before and part in after
    ]


def _table(title: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Table:
    return Table(
        translated(title),
        after["articles"],
        list(_rows(before["overall"], after["overall"], FIGURES)),
        _parts(before["by_language"], after["by_language"]),
        _parts(before["by_type"], after["by_type"]),
    )


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Row]]:
    rows = {name: list(_rows(before[name], after[name], BY_PART)) for name in sorted(after) if name in before}
    return {name: figures for name, figures in rows.items() if len(figures) == len(BY_PART)}


def _rows(before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str]) -> Iterator[Row]:
    for name in names:
        one, other = before.get(name), after.get(name)
        if one and other and other["n"]:
            yield Row(translated(FIGURES[name]), one["value"], other["value"], other["n"])
