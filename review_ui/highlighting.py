"""Evidence in a report's text: the text in pieces, each with the fields it supports.

Offsets count code points, as Python strings do. Pieces are plain text; templates escape them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codebook.records import Evidence
from languages.canonical import canonical
from languages.identification import reading_language
from review_ui.translation.speaking import N_, gettext

GROUPS = {
    "incident_type": "type", "subtype": "type",
    "date": "time", "date_precision": "time", "time_of_day": "time",
    "jurisdiction": "place", "place": "place", "geo_precision": "place", "place_type": "place",
    "weapons": "weapons", "possession": "weapons",
    "victims": "victims", "perpetrators": "perpetrators", "seizure": "seizure",
}  # fmt: skip
"""The colour of each field, named by what it tells."""

NAMES = {
    "incident_type": N_("Type"),
    "subtype": N_("Subtype"),
    "date": N_("Date"),
    "date_precision": N_("Precision of the date"),
    "time_of_day": N_("Time of day"),
    "jurisdiction": N_("Jurisdiction"),
    "place": N_("Municipality"),
    "geo_precision": N_("Precision of the place"),
    "place_type": N_("Kind of place"),
    "weapons": N_("Weapons"),
    "possession": N_("Possession"),
    "victims": N_("Victims"),
    "perpetrators": N_("Perpetrators"),
    "seizure": N_("Seizure"),
}
"""Each field as the form names it."""

PARTS = {
    "sex": N_("sex"),
    "age": N_("age"),
    "outcome": N_("outcome"),
    "relation": N_("relation"),
    "role": N_("role"),
    "status": N_("status"),
    "firearms": N_("firearms"),
    "rounds": N_("rounds"),
    "explosives": N_("explosives"),
    "where": N_("where"),
}
"""What a person or a seizure has, after the name of the field."""


_FIELD = re.compile(r"(\w+)(?:\[(\d*)\])?(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text and the fields they are evidence for, in the form's order."""

    text: str
    fields: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The colour it has when no field is in focus."""
        return group_of(self.fields[0]) if self.fields else ""

    @property
    def names(self) -> str:
        """What it supports, as a person reads it: `Date, Time of day`."""
        return ", ".join(dict.fromkeys(map(name_of, self.fields)))


def name_of(field: str) -> str:
    """A dotted field as the form names it: `Victim 2: age`; of a person without a number, `Victims: age`."""
    parts = _FIELD.fullmatch(field)
    if parts is None:
        return field
    root, number, part = parts.groups()
    name = gettext(NAMES[root]) if root in NAMES else root
    if number and root == "victims":
        name = gettext("Victim %(number)s", number=int(number) + 1)
    if number and root == "perpetrators":
        name = gettext("Perpetrator %(number)s", number=int(number) + 1)
    return f"{name}: {gettext(PARTS[part]) if part in PARTS else part.replace('_', ' ')}" if part else name


def group_of(field: str) -> str:
    """The colour of a dotted field name."""
    return GROUPS.get(re.split(r"[.\[]", field, maxsplit=1)[0], "type")


def pieces(text: str, evidence: Iterable[Evidence]) -> list[Piece]:
    """`text` cut where evidence begins or ends. Spans outside the text, of an older version of it, are left out."""
    spans = [(e.start, e.end, e.field) for e in evidence if 0 <= e.start < e.end <= len(text)]
    return _cut(text, spans)


def latin_pieces(text: str, evidence: Iterable[Evidence], lang: str | None) -> list[Piece]:
    """The same in the canonical Latin reading of `text`."""
    latin = canonical(text, lang and reading_language(lang))
    origins = [latin.original_span(at, at + 1) for at in range(len(latin.text))]
    spans = []
    for e in evidence:
        inside = [at for at, (start, end) in enumerate(origins) if start < e.end and end > e.start]
        if inside:
            spans.append((inside[0], inside[-1] + 1, e.field))
    return _cut(latin.text, spans)


def _cut(text: str, spans: Sequence[tuple[int, int, str]]) -> list[Piece]:
    order = {name: place for place, name in enumerate(GROUPS)}
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    found = []
    for start, end in itertools.pairwise(edges):
        fields = {field for first, last, field in spans if first <= start and end <= last}
        by_form = sorted(fields, key=lambda f: (order.get(re.split(r"[.\[]", f)[0], len(order)), f))
        found.append(Piece(text[start:end], tuple(by_form)))
    return found
