"""Ordinary news items from templates: `stream/<language>.toml`.

A frame is a text of lines: the title, the first sentence, the others, of which a part is drawn. In it stand

    {city}, {city.loc}      a row of the slot `city`, in its first or a named form; the same row throughout the article
    {city2}                 another row of that slot
    {12-48}, {15-95/5}      a number, of every step
    {n:12-48}, {n}          a number with a name, and the same again
    [vreme|vrijeme]         the word by the language of the label, in the order of `variants`; the last for those beyond

`closing` of a topic are sentences that fit any of its frames. `respelled` gives whole words and beginnings of words
that labels of the same reading language spell otherwise.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from codebook.errors import BadInput

FOLDER = Path(__file__).with_name("stream")

WORDS = 60
"""The least length of an item in words, of title and text together."""
_KEPT = 0.6
"""The least part of a frame's further sentences that is kept."""
_CLOSING = 2
"""The most closing sentences, unless more are needed for `WORDS`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One kind of item: its title, its first sentence and the others."""

    title: str
    lead: str
    body: Sequence[str]


@dataclass(frozen=True, slots=True)
class Topic:
    """The frames of a topic and the sentences that may close any of them."""

    frames: Sequence[Frame]
    closing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Slot:
    """Rows of words in several forms, by the jurisdiction they belong to; "any" belongs to each."""

    forms: Sequence[str]
    rows: Mapping[str, Sequence[Sequence[str]]]

    def of(self, jurisdiction: str) -> Sequence[Sequence[str]]:
        """The rows for a jurisdiction; those of the first one listed where it has none."""
        own = [*self.rows.get(jurisdiction, ()), *self.rows.get("any", ())]
        return own or next(iter(self.rows.values()))


@dataclass(frozen=True, slots=True)
class Spelling:
    """How some labels spell what the templates spell otherwise."""

    labels: Sequence[str]
    pattern: re.Pattern[str]
    instead: Mapping[str, str]

    def of(self, text: str) -> str:
        """`text` spelt so."""
        return self.pattern.sub(self._instead, text)

    def _instead(self, found: re.Match[str]) -> str:
        instead = self.instead[found[0].lower()]
        return instead.capitalize() if found[0][0].isupper() else instead


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of one reading language."""

    where: str
    variants: Sequence[str]
    slots: Mapping[str, Slot]
    topics: Mapping[str, Topic]
    spellings: Sequence[Spelling]


@cache
def templates(language: str) -> Templates:
    """The templates of a reading language. Raises `BadInput` for one without templates and for a file that is none."""
    file = FOLDER / f"{language}.toml"
    where = f"classifiers/evaluation/stream/{file.name}"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        slots = {name: _slot(table) for name, table in data["slots"].items()}
        topics = {name: _topic(table) for name, table in data["topics"].items()}
        spellings = [_spelling(table) for table in data.get("respelled", ())]
        return Templates(where, tuple(data.get("variants", ())), slots, topics, spellings)
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValueError, AttributeError) as error:
        raise BadInput(
            where, "", str(error), "write the templates as classifiers/evaluation/templates.py says"
        ) from error


def _slot(table: Mapping[str, Sequence[str]]) -> Slot:
    forms = tuple(table.get("forms", ("nom",)))
    rows = {name: [row.split("/") for row in listed] for name, listed in table.items() if name != "forms"}
    for listed in rows.values():
        for row in listed:
            if len(row) != len(forms):
                raise ValueError(f"{'/'.join(row)} has not the forms {', '.join(forms)}")
    return Slot(forms, rows)


def _spelling(table: Mapping[str, Any]) -> Spelling:
    words, stems = _pairs(table.get("words", "")), _pairs(table.get("stems", ""))
    whole = "|".join(map(re.escape, words))
    begun = "|".join(map(re.escape, sorted(stems, key=len, reverse=True)))
    return Spelling(
        tuple(table["labels"]), re.compile(rf"\b(?:(?:{whole})\b|(?:{begun}))", re.IGNORECASE), {**stems, **words}
    )


def _pairs(listed: str) -> dict[str, str]:
    """What "sneg snijeg, reka rijeka" says."""
    return dict(pair.split() for pair in listed.split(",") if pair.strip())


def _topic(table: Mapping[str, str | Sequence[str]]) -> Topic:
    frames = []
    for text in table["frames"]:
        title, lead, *body = text.strip().splitlines()
        frames.append(Frame(title, lead, body))
    return Topic(frames, str(table.get("closing", "")).strip().splitlines())


def item(
    source: Templates, topic: Topic, frame: Frame, language: str, jurisdiction: str, rng: random.Random
) -> tuple[str, str]:
    """Title and text of one item. Raises `BadInput` for a frame that names a slot, form or number there is not."""
    filling = _Filling(source, language, jurisdiction, rng)
    title = filling.fill(frame.title)
    lines = [frame.lead, *frame.body]
    shuffled = rng.sample(range(1, len(lines)), len(frame.body))
    kept = rng.randint(round(len(frame.body) * _KEPT), len(frame.body))
    closing = rng.sample(topic.closing, len(topic.closing))
    closed = rng.randint(0, min(_CLOSING, len(closing)))
    chosen = sorted([0, *shuffled[:kept]])
    while _words(title, *(lines[at] for at in chosen), *closing[:closed]) < WORDS:
        if kept < len(shuffled):
            kept += 1
            chosen = sorted([0, *shuffled[:kept]])
        elif closed < len(closing):
            closed += 1
        else:
            break
    return title, _paragraphs([filling.fill(line) for line in (*(lines[at] for at in chosen), *closing[:closed])], rng)


def _words(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)


def _paragraphs(sentences: Sequence[str], rng: random.Random) -> str:
    """The sentences with a new line after one, two or three of them, as outlets set them."""
    text, left = "", 0
    for sentence in sentences:
        text += ("" if not text else "\n" if not left else " ") + sentence
        left = left - 1 if left else rng.randint(0, 2)
    return text


_VARIANTS = re.compile(r"\[([^\]]*)\]")
_SLOT = re.compile(
    r"\{(?:(?P<name>[a-z_]+\d*)(?:\.(?P<form>\w+))?)?:?(?:(?P<least>\d+)-(?P<most>\d+)(?:/(?P<step>\d+))?)?\}"
)


@dataclass(slots=True)
class _Filling:
    """The words chosen for one item, so that its sentences speak of the same things."""

    source: Templates
    language: str
    jurisdiction: str
    rng: random.Random
    rows: dict[str, Sequence[str]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def fill(self, line: str) -> str:
        filled = _SLOT.sub(self._value, _VARIANTS.sub(self._variant, line))
        for spelling in self.source.spellings:
            if self.language in spelling.labels:
                filled = spelling.of(filled)
        return filled[:1].upper() + filled[1:]

    def _variant(self, found: re.Match[str]) -> str:
        variants = found[1].split("|")
        known = self.source.variants
        at = known.index(self.language) if self.language in known else 0
        return variants[min(at, len(variants) - 1)]

    def _value(self, found: re.Match[str]) -> str:
        name = found["name"]
        if found["least"]:
            number = str(self.rng.randrange(int(found["least"]), int(found["most"]) + 1, int(found["step"] or 1)))
            return self.numbers.setdefault(name, number) if name else number
        if name in self.numbers:
            return self.numbers[name]
        return self._word(name, found["form"])

    def _word(self, name: str, form: str | None) -> str:
        slot = self.source.slots.get(name.rstrip("0123456789"))
        if slot is None or (form is not None and form not in slot.forms):
            remedy = "name a slot of the file in one of its forms, or a number that stands in title or lead"
            raise BadInput(self.source.where, name, form or name, remedy)
        if name not in self.rows:
            used = [row for other, row in self.rows.items() if other.rstrip("0123456789") == name.rstrip("0123456789")]
            self.rows[name] = self.rng.choice([row for row in slot.of(self.jurisdiction) if row not in used])
        return self.rows[name][slot.forms.index(form) if form else 0]
