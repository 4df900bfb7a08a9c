"""From a parsed article to its mentions: what each of its parts says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from spacy.tokens import Doc, Span

from classifiers import casts, dates, jurisdictions, place_types, places, seizures, weapons
from classifiers.casts import Person
from classifiers.incident_types import incident_kind, possession
from classifiers.items import parts
from classifiers.judges import Judge, likeliest
from classifiers.pipelines import Stretch, layout_of, stretch
from classifiers.roles import stretches
from codebook.records import Alternatives, Evidence, Facts, Perpetrator, Victim

BESIDE_MOST = 0.4
"""Probability of nothing seized below which pieces were seized beside an incident of another kind."""

JURISDICTION_NAMED = 0.95
"""How often the jurisdiction is right where no town is named: in 40 of 42 training articles."""

JURISDICTION_OF_TOWN = 0.99
"""The same where a town is named: in all 497 incidents of the plain and the hard articles, in 155 of 157 of dev."""

JURISDICTION_LEAST = 0.5
"""Probability from which the likeliest jurisdiction is taken for an article that names none and whose source is not
known, since a report without one is in nobody's queue and joins no other. Of the articles of validation with one
incident, their places struck out and their source left out, 312 of 409 have so likely a one, and for 83 in 100 of
these it is the right one (from .7, 225 and 96 in 100)."""

POSSIBLE = 0.02
"""Probability from which another type, place or day is kept beside the one that is taken."""
MOST_OTHERS = 6
"""How many are kept: a chronicle names dozens of days."""

_R = TypeVar("_R")
_SELF = frozenset({"suicide", "suicide_attempt"})


@dataclass(frozen=True, slots=True)
class Told:
    """One incident as a part of the article tells it."""

    facts: Facts
    confidence: dict[str, float]
    evidence: tuple[Evidence, ...]
    alternatives: Alternatives


def told(doc: Doc, judge: Judge) -> list[Told]:
    """Every incident of a relevant article, at least one."""
    return [_PartReader(part, judge).told() for part in parts(doc, judge)]


class _PartReader:
    """Reads the fields of one part and keeps, for each, how sure it is, the words it rests on and what it may be
    besides."""

    def __init__(self, part: Span, judge: Judge) -> None:
        self.part, self.judge, self.layout = part, judge, layout_of(part.doc)
        self.confidence: dict[str, float] = {}
        self.evidence: list[Evidence] = []
        self.alternatives: dict[str, dict[str, float]] = {}

    def told(self) -> Told:
        fields: dict[str, object] = {}
        for read in (self._type, self._place, self._date, self._possession):
            fields |= read()
        fields |= self._place_type(str(fields["incident_type"]))
        fields |= self._weapons(str(fields["incident_type"]))
        fields |= self._persons(str(fields["incident_type"]))
        fields |= self._seizure(str(fields["incident_type"]), at_border=fields["place_type"] == "border")
        others = Alternatives.model_validate(self.alternatives)
        return Told(Facts.model_validate(fields), self.confidence, tuple(self.evidence), others)

    def _note(self, field: str, confidence: float, *words: Stretch | None) -> None:
        self.confidence[field] = min(max(round(confidence, 4), 0.0), 1.0)
        self._rest(field, *words)

    def _rest(self, field: str, *words: Stretch | None) -> None:
        """Keep the words that a value rests on; a value with no figure of its own is not measured."""
        for found in words:
            if found is not None:
                where, start, end = self.layout.part_of(found.start_char, found.end_char)
                self.evidence.append(
                    Evidence.model_validate({"field": field, "part": where, "start": start, "end": end})
                )

    def _note_others(self, field: str, shares: Mapping[str, float], taken: str | None) -> None:
        """Keep what a field may be besides what was taken for it, the likeliest first."""
        others = {value: round(share, 4) for value, share in shares.items() if share >= POSSIBLE and value != taken}
        likeliest_first = sorted(others.items(), key=lambda other: (-other[1], other[0]))
        self.alternatives[field] = dict(likeliest_first[:MOST_OTHERS])

    def _type(self) -> dict[str, object]:
        kind = incident_kind(self.part, self.judge)
        self._note("incident_type", kind.shares[kind.incident_type], kind.found or self._first_sentence())
        self._note_others("incident_type", kind.shares, kind.incident_type)
        if kind.subtype is not None:
            self._note("subtype", kind.subtype_confidence, kind.found or self._first_sentence())
        return {"incident_type": kind.incident_type, "subtype": kind.subtype}

    def _first_sentence(self) -> Stretch:
        """What a type rests on when no word of the lexicon shows it."""
        words = (at for at in range(self.part.start, self.part.end) if self.layout.words[at])
        begin, end = self.layout.sentence(next(words, self.part.start))
        return stretch(self.part.doc, begin, end)

    def _here_or_before(self, read: Callable[[Span], _R | None]) -> _R | None:
        """What is read in the part, or before it: a round-up often names its town or day once, before its items."""
        here = read(self.part)
        return read(self.part.doc[: self.part.start]) if here is None and self.part.start > 0 else here

    def _place(self) -> dict[str, object]:
        best = self._here_or_before(lambda part: places.located(places.candidates(part), part, self.judge))
        if best is None:
            return self._jurisdiction()
        self._note("place", best.confidence, best.found)
        self._note_others("place", best.shares, best.municipality.id)
        self._note("jurisdiction", JURISDICTION_OF_TOWN, best.found)
        return {
            "jurisdiction": best.municipality.jurisdiction,
            "place": best.municipality.name,
            "place_id": best.place.id,
            "latitude": best.place.latitude,
            "longitude": best.place.longitude,
            "geo_precision": 1,
        }

    def _jurisdiction(self) -> dict[str, object]:
        """Where no town is named: the jurisdiction named, else that of the source, else the likeliest one."""
        found = self._here_or_before(jurisdictions.named)
        if found is not None:
            jurisdiction, words = found
            self._note("jurisdiction", JURISDICTION_NAMED, words)
            return {"jurisdiction": jurisdiction}
        return {"jurisdiction": self.layout.jurisdiction or self._likely_jurisdiction()}

    def _likely_jurisdiction(self) -> str | None:
        """What language and institutions tell where nothing else does."""
        shares = self.judge.of_part("jurisdiction", self.part)
        likely = likeliest(shares) if shares else "none"
        if likely == "none" or shares[likely] < JURISDICTION_LEAST:
            return None
        self._note("jurisdiction", shares[likely])
        return likely

    def _date(self) -> dict[str, object]:
        days = self._days(self.part)
        best = dates.likeliest_day(days)
        if best is None and self.part.start > 0:
            days += (before := self._days(self.part.doc[: self.part.start]))
            best = dates.likeliest_day(before)
        shares = {day.isoformat(): share for day, share in dates.by_day(days).items()}
        self._note_others("date", shares, best[1].date.isoformat() if best else None)
        if best is None:
            return {}
        probability, candidate = best
        self._note("date", probability, candidate.found or self._breaking())
        self._rest("time_of_day", dates.clock(candidate, self.layout))
        return {
            "date": candidate.date,
            "date_precision": candidate.precision,
            "time_of_day": candidate.time_of_day or "unreported",
        }

    def _days(self, part: Span) -> list[tuple[float, dates.Candidate]]:
        return dates.weighed(dates.candidates(part), part, self.judge)

    def _place_type(self, incident_type: str) -> dict[str, object]:
        kind = place_types.kind_of_place(self.part, self.judge, incident_type)
        if kind is not None:
            self._note("place_type", kind.confidence, kind.found)
        return {"place_type": kind.code if kind else "unreported"}

    def _weapons(self, incident_type: str) -> dict[str, object]:
        used = weapons.used(
            weapons.candidates(self.part), self.part, self.judge, seized=incident_type == "weapons_seizure"
        )
        for n, (probability, found) in enumerate(used.values()):
            self._note(f"weapons[{n}]", probability, found)
        if used:
            self._note("weapons", min(probability for probability, _ in used.values()))
        return {"weapons": tuple(used) or ("unreported",)}

    def _possession(self) -> dict[str, object]:
        held = possession(self.part, self.judge)
        if held.code != "unreported":
            self._note("possession", held.confidence, held.found)
        return {"possession": held.code}

    def _persons(self, incident_type: str) -> dict[str, object]:
        people = stretches(self.part, self.judge)
        victims = casts.victims(self.part, self.judge, people)
        if incident_type == "suicide":
            outcome = "suicide_attempt" if casts.survived(self.part, self.judge, people) else "suicide"
            victims, perpetrators = [replace(one, role=outcome) for one in victims[:1] or [self._untold_victim()]], []
        else:
            perpetrators = casts.perpetrators(self.part, self.judge, people)
            everybody = casts.with_age_left([*victims, *perpetrators], people)
            victims, perpetrators = everybody[: len(victims)], everybody[len(victims) :]
        for side, persons in (("victims", victims), ("perpetrators", perpetrators)):
            for n, person in enumerate(persons):
                self._note(f"{side}[{n}]", person.confidence, person.found or self._first_sentence())
                self._note(f"{side}[{n}].sex", person.sex_confidence)
                self._rest(f"{side}[{n}].age", person.age_found)
        return {
            "victims": tuple(self._victim(n, person, incident_type) for n, person in enumerate(victims)),
            "perpetrators": tuple(self._perpetrator(n, person) for n, person in enumerate(perpetrators)),
        }

    def _untold_victim(self) -> Person:
        """Whose suicide it was when no words say it: a suicide has one victim (LABELLING rule 11)."""
        words = self.judge.words("victims", self.part)
        return Person("suicide", "unreported", None, 0.5, 0.5, None, words)

    def _victim(self, n: int, person: Person, incident_type: str) -> Victim:
        outcome = person.role
        self._note(f"victims[{n}].outcome", person.confidence)
        if outcome in _SELF:
            return Victim(sex=person.sex, age=person.age, outcome=outcome, relation="self")
        relation, confidence = self._likeliest("relation", person, incident_type)
        self._note(f"victims[{n}].relation", confidence)
        return Victim(sex=person.sex, age=person.age, outcome=outcome, relation=relation)

    def _perpetrator(self, n: int, person: Person) -> Perpetrator:
        status, confidence = self._likeliest("status", person, "")
        self._note(f"perpetrators[{n}].status", confidence)
        return Perpetrator(sex=person.sex, age=person.age, status=status)

    def _likeliest(self, question: str, person: Person, incident_type: str) -> tuple[str, float]:
        if person.told is None:
            return "unreported", 0.0
        one = person.told.one
        seen = person_features(one.features, self.part, incident_type)
        shares = self.judge.of_stretch(question, self.part, one.found, seen)
        best = likeliest(shares)
        return best, shares[best]

    def _seizure(self, incident_type: str, *, at_border: bool) -> dict[str, object]:
        if incident_type != "weapons_seizure" and not self._something_seized():
            return {}
        found, counts, sure = seizures.seizure(self.part, self.judge, at_border=at_border)
        words = [count.found for count in counts] or [self.judge.words("seizure", self.part) or self._first_sentence()]
        self._note("seizure", sure, *words)
        return {"seizure": found}

    def _something_seized(self) -> bool:
        """Whether pieces were seized beside another kind of incident (LABELLING rule 19)."""
        return self.judge.of_part("seized where", self.part).get("none", 1.0) < BESIDE_MOST

    def _breaking(self) -> Stretch:
        """What the day of publication rests on: the words the judge marks, else the first sentence, which tells it as
        news."""
        return self.judge.words("date", self.part) or self._first_sentence()


def person_features(features: Sequence[str], part: Span, incident_type: str) -> list[str]:
    """What the relation and status heads see of a person: the stretch, the concepts of the part, the type."""
    concepts = {term.label for term in layout_of(part.doc).terms_in(part.start, part.end)}
    return [*features, *(f"part {concept}" for concept in concepts), f"type {incident_type}"]
