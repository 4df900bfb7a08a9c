"""The reports of an item as its page shows them: with what is lit in them, and who read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codebook.records import Evidence, Facts
from review_ui.highlighting import Piece, latin_pieces, pieces
from review_ui.persons import Persons, renumbered
from review_ui.translation.speaking import N_, gettext
from store.review_queue import Report

STAGES = {
    "linear": N_("Read by the linear models"),
    "encoder": N_("Read by the encoder"),
    "instruct": N_("Read by the instruction model"),
}
"""The stages of the reader as a person reads them."""

OF_AGE = 18

SUICIDE = ("suicide", "suicide_attempt")
"""Codes of a victim's outcome and of a perpetrator's status alike."""


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report as the page shows it; `latin_*` are empty for a text in Latin script. `read_by` says who read it where
    that is not the usual, else it is empty."""

    report: Report
    read_by: str
    title: list[Piece]
    text: list[Piece]
    latin_title: list[Piece]
    latin_text: list[Piece]


def shown(reports: Iterable[Report], persons: Persons) -> list[ShownReport]:
    """The reports, ready to be shown beside these persons."""
    return [_shown(report, persons) for report in reports]


def is_hard_to_read(told: Iterable[Facts]) -> bool:
    """Whether any of what is told of an item is of a suicide, also one that follows a killing, or of a child who was
    harmed: some people want to choose when to read it."""
    return any(_is_of_suicide(facts) or _harms_a_child(facts) for facts in told)


def facts_told(reports: Iterable[Report]) -> list[Facts]:
    """What each report tells."""
    return [Facts.model_validate(report.mention.facts) for report in reports]


def _is_of_suicide(facts: Facts) -> bool:
    became = {victim.outcome for victim in facts.victims} | {person.status for person in facts.perpetrators}
    return facts.incident_type == "suicide" or not became.isdisjoint(SUICIDE)


def _harms_a_child(facts: Facts) -> bool:
    return any(victim.age is not None and victim.age < OF_AGE for victim in facts.victims)


def _shown(report: Report, persons: Persons) -> ShownReport:
    article = report.article
    found = [Evidence.model_validate(entry) for entry in report.mention.evidence]
    evidence = renumbered(found, Facts.model_validate(report.mention.facts), persons)
    if report.mention.content_hash != article.content_hash:
        evidence = []
    title = [e for e in evidence if e.part == "title"]
    text = [e for e in evidence if e.part == "text"]
    cyrillic = article.script == "Cyrl"
    return ShownReport(
        report,
        _read_by(report),
        pieces(article.title, title),
        pieces(article.text, text),
        latin_pieces(article.title, title, article.lang) if cyrillic else [],
        latin_pieces(article.text, text, article.lang) if cyrillic else [],
    )


def _read_by(report: Report) -> str:
    """Who read a report, where it was the instruction model or where a later stage was to read it and did not; empty
    otherwise, and while the article has a newer reading than the one shown."""
    article, mention = report.article, report.mention
    current = (mention.content_hash, mention.reader_version) == (article.read_hash, article.reader_version)
    if not current or article.read_by not in STAGES or not (article.read_fallback or article.read_by == "instruct"):
        return ""
    return gettext(STAGES[article.read_by])
