"""What surrounds the article on a page of today's news site, and makes a page of two thousand characters weigh a
hundred kilobytes: a menu of sections, scripts with their data, teasers of other pieces. The demonstration's templates
have the kinds of it, not the amount."""

from __future__ import annotations

import random
import re

SECTIONS, TEASERS, SCRIPT_VALUES, TITLE_WORDS = 200, 100, 3750, 9
"""How many of each a page has, and the words of a teaser's title: so many that trafilatura's precision mode takes as
long over a page, some 25 ms on one core, as over the 181 real pages of the article extraction benchmark. On pages of
a tenth of that the three crawlers are measured by what they do besides reading."""

WORDS = re.compile(r"[^\W\d_]{3,}")


def weighed(page: str, paragraphs: list[str], chance: random.Random) -> str:
    """The page with all that around its article; the words are those of the paragraphs."""
    words = WORDS.findall(" ".join(paragraphs))
    page = page.replace("</head>", f"{_script(words, chance)}</head>", 1)
    page = page.replace("<body>", f"<body>{_menu(words, chance)}", 1)
    return page.replace("<footer", f"{_teasers(words, chance)}<footer", 1)


def _menu(words: list[str], chance: random.Random) -> str:
    entries = (
        f'<li class="menu-item menu-item-{n}"><a href="/{n}/">{chance.choice(words)}</a></li>' for n in range(SECTIONS)
    )
    return f'<nav class="main-menu"><ul>{"".join(entries)}</ul></nav>'


def _script(words: list[str], chance: random.Random) -> str:
    values = ",".join(f'"k{n}":"{chance.choice(words)}"' for n in range(SCRIPT_VALUES))
    return f"<script>var page={{{values}}};</script>"


def _teasers(words: list[str], chance: random.Random) -> str:
    teasers = (
        f'<div class="card"><a href="/{n}/{chance.choice(words)}"><img src="/img/{n}.jpg" width="300" height="200" '
        f'alt="{chance.choice(words)}"><h3 class="card-title">{" ".join(chance.choices(words, k=TITLE_WORDS))}</h3></a>'
        f'<span class="meta">{chance.randint(0, 23)}:{chance.randint(10, 59)}</span></div>'
        for n in range(TEASERS)
    )
    return f'<div class="more">{"".join(teasers)}</div>'
