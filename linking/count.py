"""Counts in how many training articles each clue stands: `python -m linking.count FILE.jsonl…` writes the statistics
of `linking.rarity` anew. Order and repetition of the files do not matter beyond the counts."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from languages.identification import reading_language
from linking.clues import clues
from linking.rarity import FEWEST

FILE = Path(__file__).with_name("statistics.tsv")


def statistics(articles: Iterable[Mapping[str, Any]]) -> str:
    """The table of labelled articles: kind, language, key and how many of them have it."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for article in articles:
        lang = reading_language(article["lang"])
        counts["articles", "", ""] += 1
        counts["articles", lang, ""] += 1
        found = {clue for part in ("title", "text") for clue in clues(article[part], lang)}
        counts.update((kind, lang if kind == "word" else "", key) for kind, key in found)
    rows = ("\t".join((*row, str(number))) for row, number in sorted(counts.items()) if number >= FEWEST)
    return "\n".join(("kind\tlanguage\tkey\tarticles", *rows)) + "\n"


def main(files: Iterable[str]) -> None:
    """Write the statistics of these files."""
    lines = (line for file in files for line in Path(file).read_text(encoding="utf-8").splitlines())
    FILE.write_text(statistics(json.loads(line) for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
