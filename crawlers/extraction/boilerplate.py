"""What is no sentence of the article and came with its text all the same, cut line by line."""

from __future__ import annotations

import re

from crawlers.extraction.wording import beginning_with, containing, folded, phrases
from languages.other_articles import EDGES, is_headline, is_marker

REPEATED_CHARACTERS = 20
"""A shorter line may stand twice: "Nema povređenih"."""

CONSENT_CHARACTERS = 700
COLOPHON_CHARACTERS = 250
CREDIT_CHARACTERS = 90
NUMBERS_CHARACTERS = 40
SHARE_WORDS = 20
LABEL_WORDS = 3
DATE_LETTERS = 26
"""The longest line of each kind: a consent notice, the colophon, a credit, a counter; words of a share bar and of a
label; letters around a date. What is longer is prose."""

DATE_LINES, COLOPHON_LINES = 4, 4
"""A date stands among the first lines, a colophon among the last."""

DATE = re.compile(r"(?<!\d)(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)")
LETTER = re.compile(r"[^\W\d_]")

WORDS = re.compile(r"[\w+@-]+")
SENTENCE_END = re.compile(r"""[.!?…:;]["'”“»)\]]*$""")
LETTERS = re.compile(r"[^\W\d_]{3,}")


def cleaned(text: str, title: str, headlines: frozenset[str]) -> str:
    """The text without repeated lines, the title standing again, consent notices, share bars, credits, lines of the
    colophon, "read also" blocks and headlines of other pages. `headlines` are those that the page links to, folded.
    Lines are parted by a single line break."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = _without_other_articles(lines, headlines - {folded(title)})
    seen = {folded(title)}
    kept: list[str] = []
    for number, line in enumerate(lines):
        form = folded(line)
        if (
            form in seen
            or (number < DATE_LINES and _is_date(line))
            or _is_furniture(line, form, last=len(lines) - number <= COLOPHON_LINES)
        ):
            continue
        if len(form) >= REPEATED_CHARACTERS:
            seen.add(form)
        kept.append(line)
    while kept and len(kept) > 1 and _is_label(kept[-1]):
        kept.pop()
    return "\n".join(kept)


def _is_label(line: str) -> bool:
    """Whether a last line is the label of something that is not there: "PDF", "Comments". "*Developing story" is the
    article's own."""
    return len(WORDS.findall(line)) <= LABEL_WORDS and not SENTENCE_END.search(line) and line[0] not in "*("


def _without_other_articles(lines: list[str], headlines: frozenset[str]) -> list[str]:
    """Cuts headlines of other pages, and behind a "read also" what looks like headlines, until a sentence follows."""
    kept: list[str] = []
    in_block = False
    for line in lines:
        form = folded(line.strip(EDGES))
        marked = beginning_with("other_articles").match(form)
        if form in headlines:
            continue
        if marked and _leads_elsewhere(form[marked.end() :], line, headlines):
            in_block = True
        elif not (in_block and is_headline(line)):
            in_block = False
            kept.append(line)
    return kept


def _leads_elsewhere(rest: str, line: str, headlines: frozenset[str]) -> bool:
    return rest.strip(EDGES + ":") in headlines or is_marker(rest, line)


def _is_furniture(line: str, form: str, *, last: bool) -> bool:
    if not LETTERS.search(line) and len(line) < NUMBERS_CHARACTERS:
        return len(WORDS.findall(line)) <= 1 or bool(re.fullmatch(r"[\d\s.,:/|>–-]+", line))
    words = WORDS.findall(form)
    if len(words) <= SHARE_WORDS and all(word in phrases("share") or word.isdigit() for word in words):
        return True
    if len(line) <= CONSENT_CHARACTERS and is_consent(form):
        return True
    if len(line) <= CREDIT_CHARACTERS and _is_credit(form):
        return True
    return last and len(line) <= COLOPHON_CHARACTERS and (line.startswith("©") or bool(_colophon(form)))


def _is_date(line: str) -> bool:
    """Whether a line is a date with a word or two around it."""
    return bool(DATE.search(line)) and len(LETTER.findall(line)) <= DATE_LETTERS


def _is_credit(form: str) -> bool:
    named = beginning_with("credits").match(form)
    return named is not None and form[named.end() :].lstrip().startswith((":", "/", "|"))


def _colophon(form: str) -> re.Match[str] | None:
    return beginning_with("colophon").match(form)


def is_consent(form: str) -> bool:
    """Whether a folded text speaks of cookies and asks for something."""
    return bool(containing("cookies").search(form)) and bool(containing("consent").search(form))
