"""An ordinary day's stream: one article in twenty tells an incident, the rest is what else stands in the news.

The incidents are the relevant articles of a labelled file, each once. Around each stand nineteen items of its language,
script, day and jurisdiction, made from the templates of `stream/`, topic by topic as `stream/mix.toml` shares them.
The same articles, length and seed give the same stream.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from classifiers.evaluation.templates import FOLDER, Frame, item, templates
from classifiers.labelled import LabelledArticle
from codebook.errors import BadInput
from languages.identification import reading_language
from languages.serbian_cyrillic import in_serbian_cyrillic

ORDINARY = 19
"""Ordinary items for each incident."""

_SEED = "an ordinary day"
_HOME = {"sq": "AL", "hbs": "RS", "mk": "MK", "ro": "MD", "ru": "MD", "en": "XK"}
"""Where an item plays whose source tells no jurisdiction."""
_TRIES = 200
"""How often an item that is there already is drawn anew before the templates are said to be too few."""


def ordinary_day(
    articles: Sequence[LabelledArticle], length: int | None = None, seed: str = _SEED
) -> list[LabelledArticle]:
    """The stream around the relevant ones of `articles`: 20 articles for each, or `length` articles of it, incidents
    and others in the same proportion.

    Raises `BadInput` when the templates of a language are too few for so many different items, or are none."""
    rng = random.Random(seed)  # noqa: S311 the same stream each time, no secret
    incidents = [article for article in articles if article.relevant]
    if length is not None and length < len(incidents) * (ORDINARY + 1):
        incidents = rng.sample(incidents, -(-length // (ORDINARY + 1)))
    writers: dict[str, _Writer] = {}
    stream = []
    for incident in incidents:
        writer = writers.setdefault(incident.lang, _Writer(incident.lang, random.Random(f"{seed} {incident.lang}")))  # noqa: S311
        stream += [incident, *(writer.beside(incident) for _ in range(ORDINARY))]
    stream = stream[:length]
    rng.shuffle(stream)
    return stream


@dataclass(slots=True)
class _Writer:
    """Writes the items of one label's language: every frame of a topic comes once before any comes again."""

    language: str
    rng: random.Random
    decks: dict[str, list[Frame]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def beside(self, incident: LabelledArticle) -> LabelledArticle:
        """An item of the incident's language, script, day and jurisdiction."""
        source = templates(reading_language(self.language))
        jurisdiction = incident.source_jurisdiction or _HOME[reading_language(self.language)]
        for _ in range(_TRIES):
            topic = self._topic()
            title, text = item(source, source.topics[topic], self._frame(topic), self.language, jurisdiction, self.rng)
            if text not in self.written:
                break
        else:
            raise BadInput(source.where, "topics", len(self.written), "write more frames: these give no further item")
        self.written.add(text)
        if self.language in _TWO_SCRIPTS and incident.script == "Cyrl":
            title, text = in_serbian_cyrillic(title), in_serbian_cyrillic(text)
        return LabelledArticle(
            id=f"{self.language}-{topic}-{len(self.written)}",
            lang=self.language,
            script=incident.script,
            published=incident.published,
            title=title,
            text=text,
            relevant=False,
            reason=mix()[topic].reason,
            event_key=None,
            incidents=(),
            source_jurisdiction=incident.source_jurisdiction,
            constructed=True,
        )

    def _topic(self) -> str:
        known = templates(reading_language(self.language)).topics
        shares = {name: part.share for name, part in mix().items() if name in known}
        return self.rng.choices(list(shares), weights=list(shares.values()))[0]

    def _frame(self, topic: str) -> Frame:
        if not self.decks.get(topic):
            frames = templates(reading_language(self.language)).topics[topic].frames
            self.decks[topic] = self.rng.sample(frames, len(frames))
        return self.decks[topic].pop()


_TWO_SCRIPTS = ("sr", "cnr", "bs")


@dataclass(frozen=True, slots=True)
class Part:
    """A topic's share of the ordinary items, in any unit, and why its items are not relevant."""

    share: float
    reason: str


@cache
def mix() -> Mapping[str, Part]:
    """The topics of an ordinary day and what each has of it."""
    data = tomllib.loads((FOLDER / "mix.toml").read_text(encoding="utf-8"))
    return {name: Part(float(part["share"]), str(part.get("reason", "no_firearm"))) for name, part in data.items()}
