"""The scores of a reader."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256

from classifiers.evaluation.alignment import aligned, same_place
from classifiers.labelled import LabelledArticle, LabelledIncident
from classifiers.reader import Reader
from codebook.records import Mention, Reading


@dataclass(frozen=True, slots=True)
class Rate:
    """A figure from 0 to 1 and the number of things it was counted over."""

    value: float
    n: int

    @property
    def standard_error(self) -> float:
        """The binomial standard error; 0.5/n is the least, so that a perfect small sample is not taken for certain."""
        spread = (self.value * (1 - self.value) / self.n) ** 0.5 if self.n else 1.0
        return max(spread, 0.5 / self.n) if self.n else 1.0


Table = Mapping[str, Rate]
"""Figures by metric name."""


def in_words(name: str, rate: Rate) -> tuple[str, Rate]:
    """A figure as people read it: its name in words, and the calibration as the error that it is one less."""
    if name == "calibration":
        return "calibration error", Rate(1 - rate.value, rate.n)
    return name.replace("_", " "), rate


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one evaluation. `corpus` is the SHA-256 of the articles measured on."""

    corpus: str
    reader: str
    articles: int
    overall: Table
    by_language: Mapping[str, Table]
    by_type: Mapping[str, Table]
    by_victim_sex: Mapping[str, Table]

    def as_json(self) -> str:
        """One JSON object, figures as `{"value", "n"}`. A higher figure is a better one: `calibration` is one less the
        calibration error."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class _Read:
    """One article, what was read in it, and its labelled incidents with the mention that tells each."""

    labelled: LabelledArticle
    reading: Reading
    pairs: Sequence[tuple[LabelledIncident, Mention | None]]


def evaluate(articles: Iterable[LabelledArticle], reader: Reader) -> Scores:
    """Reads every article and scores the readings against the labels.

    Field figures are over the labelled incidents for which a mention was read ("incidents found" counts them)."""
    read = []
    digest = sha256()
    for labelled in articles:
        digest.update(labelled.model_dump_json().encode())
        reading = reader.read(labelled.article)
        mentions = reading.mentions if reading.relevant else ()
        read.append(_Read(labelled, reading, aligned(labelled.incidents, mentions)))
    types = sorted({incident.incident_type for r in read for incident, _ in r.pairs})
    return Scores(
        corpus=digest.hexdigest(),
        reader=reader.version,
        articles=len(read),
        overall=_table(read),
        by_language={
            lang: _table([r for r in read if r.labelled.lang == lang])
            for lang in sorted({r.labelled.lang for r in read})
        },
        by_type={kind: {**_part(read, partial(_is_of_type, kind)), **_as_type(read, kind)} for kind in types},
        by_victim_sex={sex: _part(read, partial(_has_victim_of, sex)) for sex in ("female", "male", "unreported")},
    )


def _is_of_type(kind: str, incident: LabelledIncident) -> bool:
    return incident.incident_type == kind


def _has_victim_of(sex: str, incident: LabelledIncident) -> bool:
    return any(victim.sex == sex for victim in incident.victims)


def _part(read: Sequence[_Read], chosen: Callable[[LabelledIncident], bool]) -> Table:
    """The figures over the incidents chosen; relevance as recall alone, since no irrelevant article has a type."""
    kept = [
        _Read(r.labelled, r.reading, pairs) for r in read if (pairs := [pair for pair in r.pairs if chosen(pair[0])])
    ]
    found = sum(r.reading.relevant for r in kept)
    return {"relevance_recall": _rate(found, len(kept)), **_fields([pair for r in kept for pair in r.pairs])}


def _table(read: Sequence[_Read]) -> Table:
    fields = {**_fields([pair for r in read for pair in r.pairs]), "type_macro_f1": _macro_f1(read)}
    return {**_relevance(read), **fields, **_evidence(read)}


def _rate(hits: float, of: int) -> Rate:
    return Rate(hits / of if of else 0.0, of)


def _f1(hits: int, said: int, true: int) -> Rate:
    return Rate(2 * hits / (said + true) if said + true else 0.0, true)


def _relevance(read: Sequence[_Read]) -> Table:
    said = sum(r.reading.relevant for r in read)
    true = sum(r.labelled.relevant for r in read)
    hits = sum(r.reading.relevant and r.labelled.relevant for r in read)
    return {
        "relevance_precision": _rate(hits, said),
        "relevance_recall": _rate(hits, true),
        "relevance_f1": _f1(hits, said, true),
        "precision_at_recall_97": _precision_at(read, 0.97),
        "precision_at_recall_95": _precision_at(read, 0.95),
        "relevance_auc": _auc(read),
        "calibration": Rate(1 - _calibration_error(read), len(read)),
    }


def _precision_at(read: Sequence[_Read], recall: float) -> Rate:
    """The precision at the highest threshold that still finds `recall` of the relevant articles."""
    scores = sorted((r.reading.relevance for r in read if r.labelled.relevant), reverse=True)
    if not scores:
        return Rate(0.0, 0)
    threshold = scores[max(0, -int(-len(scores) * recall // 1) - 1)]
    above = [r.labelled.relevant for r in read if r.reading.relevance >= threshold]
    return _rate(sum(above), len(above))


def _auc(read: Sequence[_Read]) -> Rate:
    """How often a relevant article is rated above one that is not; equals count half."""
    ratings = [(r.reading.relevance, r.labelled.relevant) for r in read]
    relevant = [rating for rating, true in ratings if true]
    others = [rating for rating, true in ratings if not true]
    above = sum((a > b) + 0.5 * (a == b) for a in relevant for b in others)
    return Rate(above / (len(relevant) * len(others)) if relevant and others else 0.0, min(len(relevant), len(others)))


def _as_type(read: Sequence[_Read], kind: str) -> Table:
    """How far to trust a reading as this type, over the incidents found; `type` of its part is the recall."""
    pairs = _types(read)
    hits = sum(true == said == kind for true, said in pairs)
    said, true = sum(said == kind for _, said in pairs), sum(true == kind for true, _ in pairs)
    return {"type_precision": _rate(hits, said), "type_f1": _f1(hits, said, true)}


def _macro_f1(read: Sequence[_Read]) -> Rate:
    """The mean F1 of the incident types that are labelled, over the incidents found."""
    pairs = _types(read)
    scores = [_as_type(read, kind)["type_f1"].value for kind in {true for true, _ in pairs}]
    return Rate(sum(scores) / len(scores) if scores else 0.0, len(pairs))


def _types(read: Sequence[_Read]) -> list[tuple[str, str]]:
    """The type labelled and the type read of every incident found."""
    return [(i.incident_type, m.incident_type) for r in read for i, m in r.pairs if m is not None]


def _calibration_error(read: Sequence[_Read], bins: int = 10) -> float:
    """The expected calibration error of the relevance: mean gap of probability and frequency over equal bins."""
    by_bin: dict[int, list[_Read]] = {}
    for r in read:
        by_bin.setdefault(min(int(r.reading.relevance * bins), bins - 1), []).append(r)
    gaps = (
        abs(sum(r.reading.relevance for r in group) - sum(r.labelled.relevant for r in group))
        for group in by_bin.values()
    )
    return sum(gaps) / len(read) if read else 0.0


def _fields(pairs: Sequence[tuple[LabelledIncident, Mention | None]]) -> Table:
    found = [(incident, mention) for incident, mention in pairs if mention is not None]

    def share(right: Callable[[LabelledIncident, Mention], bool]) -> Rate:
        return _rate(sum(right(incident, mention) for incident, mention in found), len(found))

    seized = [(i, m) for i, m in found if i.seizure is not None]
    placed = [(i, m) for i, m in found if i.place_type is not None]
    return {
        "incidents_found": _rate(len(found), len(pairs)),
        "type": share(lambda i, m: i.incident_type == m.incident_type),
        "subtype": share(lambda i, m: (i.incident_type, i.subtype) == (m.incident_type, m.subtype)),
        "jurisdiction": share(lambda i, m: i.jurisdiction == m.jurisdiction),
        "place": share(same_place),
        "place_type": _rate(sum(i.place_type == m.place_type for i, m in placed), len(placed)),
        "date": share(lambda i, m: i.date == m.date),
        "weapons": share(lambda i, m: set(i.weapons) == set(m.weapons)),
        "possession": share(lambda i, m: i.possession == m.possession),
        "killed": share(lambda i, m: _outcomes(i, "killed") == _outcomes(m, "killed")),
        "injured": share(lambda i, m: _outcomes(i, "injured") == _outcomes(m, "injured")),
        "perpetrators": share(lambda i, m: len(i.perpetrators) == len(m.perpetrators)),
        **_victims(found, "female"),
        **_victims(found, "male"),
        "ages_f1": _ages(found),
        "seized_firearms": _rate(sum(_seized(i, m, "firearms") for i, m in seized), len(seized)),
        "seized_rounds": _rate(sum(_seized(i, m, "rounds") for i, m in seized), len(seized)),
        "seized_where": _rate(sum(_seized(i, m, "where") for i, m in seized), len(seized)),
    }


def _outcomes(record: LabelledIncident | Mention, outcome: str) -> int:
    return sum(victim.outcome == outcome for victim in record.victims)


def _seized(incident: LabelledIncident, mention: Mention, what: str) -> bool:
    return getattr(incident.seizure, what, None) == getattr(mention.seizure, what, None)


def _victims(found: Sequence[tuple[LabelledIncident, Mention]], sex: str) -> Table:
    true = said = hits = 0
    for incident, mention in found:
        of_incident = sum(victim.sex == sex for victim in incident.victims)
        of_mention = sum(victim.sex == sex for victim in mention.victims)
        true, said, hits = true + of_incident, said + of_mention, hits + min(of_incident, of_mention)
    return {
        f"{sex}_victims_precision": _rate(hits, said),
        f"{sex}_victims_recall": _rate(hits, true),
        f"{sex}_victims_f1": _f1(hits, said, true),
    }


def _ages(found: Sequence[tuple[LabelledIncident, Mention]]) -> Rate:
    """The F1 of the ages of victims and of perpetrators, whoever else bears them."""
    true = said = hits = 0
    for incident, mention in found:
        for side in ("victims", "perpetrators"):
            labelled, read = (
                Counter(p.age for p in getattr(one, side) if p.age is not None) for one in (incident, mention)
            )
            true, said, hits = true + labelled.total(), said + read.total(), hits + (labelled & read).total()
    return _f1(hits, said, true)


def _evidence(read: Sequence[_Read]) -> Table:
    stated = supported = 0
    for r in read:
        for mention in r.reading.mentions:
            fields = {evidence.field.split(".")[0] for evidence in mention.evidence}
            for value in stated_values(mention):
                stated += 1
                supported += value in fields
    return {"values_with_evidence": _rate(supported, stated)}


def stated_values(mention: Mention) -> list[str]:
    """The fields of a mention that say something and so need words of the article to rest on."""
    values = ["incident_type"]
    values += ["subtype"] if mention.subtype else []
    values += ["place"] if mention.place else []
    values += ["date"] if mention.date else []
    values += ["time_of_day"] if mention.time_of_day != "unreported" else []
    values += ["place_type"] if mention.place_type != "unreported" else []
    values += [f"weapons[{n}]" for n, weapon in enumerate(mention.weapons) if weapon != "unreported"]
    values += ["possession"] if mention.possession != "unreported" else []
    values += [f"victims[{n}]" for n in range(len(mention.victims))]
    values += [f"perpetrators[{n}]" for n in range(len(mention.perpetrators))]
    return values + (["seizure"] if mention.seizure else [])
