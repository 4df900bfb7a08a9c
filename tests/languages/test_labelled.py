"""How much of the labelled training articles this room reads. The floors are what was measured on 26 November 2026, on
the articles of the rounds before `w`: those that come later are written to be hard, or are briefs of a sentence."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from languages.dates import dates_in, timezone_of
from languages.identification import identify, reading_language

TRAIN = Path(__file__).parents[2] / "classifiers" / "corpus" / "train.jsonl"
LATER = ("d", "f", "g", "i", "j", "k", "l", "m", "o", "p", "r-", "w-", "x-", "y-", "z-")


@cache
def articles() -> list[dict[str, Any]]:
    read = map(json.loads, TRAIN.read_text(encoding="utf-8").splitlines())
    return [article for article in read if not article["id"].startswith(LATER)]


def lang_of(article: dict[str, Any]) -> str:
    return reading_language(article["lang"])


def test_the_language_of_a_text_is_told() -> None:
    wrong = [a["id"] for a in articles() if identify(a["text"], a["source_jurisdiction"]).lang != lang_of(a)]
    assert len(wrong) <= 1, wrong


def test_the_language_of_a_title_is_told() -> None:
    wrong = [a["id"] for a in articles() if identify(a["title"], a["source_jurisdiction"]).lang != lang_of(a)]
    assert len(wrong) <= 67, f"of {len(articles())}"


def test_the_labelled_day_is_among_the_days_named_or_that_of_publication() -> None:
    """Measured: 1879 of 1944 named in the article, with the day of publication 1925."""
    labelled, named, with_publication = Counter[str](), Counter[str](), Counter[str]()
    for article in articles():
        days = {span.date for span in dates_of(article)}
        published = dt.date.fromisoformat(article["published"]) if article["published"] else None
        for incident in article["incidents"]:
            if incident["date"]:
                day = dt.date.fromisoformat(incident["date"])
                labelled[lang_of(article)] += 1
                named[lang_of(article)] += day in days
                with_publication[lang_of(article)] += day in {*days, published}
    shares = {lang: with_publication[lang] / labelled[lang] for lang in labelled}
    assert set(shares) == {"sq", "hbs", "mk", "ro", "ru", "en"}
    assert min(shares.values()) >= 0.97, shares
    assert named.total() >= 1879
    assert with_publication.total() >= 1925


def test_words_that_name_a_day_name_the_labelled_one() -> None:
    """Of labelled words in which a day is found, the day found is the labelled one: 2054 of 2066."""
    found, right = 0, 0
    for article in articles():
        text = f"{article['title']}\n{article['text']}"
        spans = dates_of(article)
        for incident in article["incidents"]:
            words = (incident.get("evidence") or {}).get("date")
            if incident["date"] and words:
                starts = [at for at in range(len(text)) if text.startswith(words, at)]
                beside = [s for s in spans for at in starts if s.start < at + len(words) and at < s.end]
                found += bool(beside)
                right += any(str(span.date) == incident["date"] for span in beside)
    assert found >= 2066
    assert right >= 2054


def dates_of(article: dict[str, Any]) -> list[Any]:
    published = dt.date.fromisoformat(article["published"]) if article["published"] else None
    text = f"{article['title']}\n{article['text']}"
    return dates_in(text, lang_of(article), published, timezone_of(article["source_jurisdiction"]))
