"""What of a page is not its article, taken out before the text is sought: menus, comments, other articles' headlines.

For our readers a headline of another article in the text is a second crime read into it. What is taken out never holds
the page's heading or most of its prose, whatever it is called: site builders call the article itself a widget.
"""

from __future__ import annotations

import re

from lxml import html

from crawlers.extraction.blocks import Block, blocks
from crawlers.extraction.wording import beginning_with, folded

NOISE_TAGS = frozenset(
    {
        "nav", "aside", "footer", "form", "dialog", "button", "iframe", "menu", "marquee", "amp-sidebar",
        "amp-consent", "amp-user-notification", "amp-social-share", "amp-list", "amp-ad", "amp-embed",
        "amp-iframe", "amp-carousel"
    }
)  # fmt: skip

NOISE_NAMES = re.compile(
    r"""
    (?:^|[\s_-])(?:
      relat\w* | povezan\w* | vezan\w* | slicn\w* | similar\w* | similare | read-?(?:also|more|next) | recommend\w* |
      preporu\w* | most-?(?:read|popular|viewed) | najcit\w* | popular\w* | trending | latest-?\w* | najnovij\w* |
      koment\w* | coment\w* | comment\w* | disqus\w* | fb-comments | shar(?:e|ing|edaddy)\w* | podeli\w* | podijeli\w* |
      social\w* | newsletter\w* | bilten | subscri\w* | pretplat\w* | cookie\w* | kolacic\w* | gdpr\w* | consent\w* |
      ccpa | breadcrumb\w* | advert\w* | reklam\w* | oglas\w* | promo\w* | sponsor\w* | outbrain\w* | taboola\w* |
      mgid\w* | ticker\w* | breaking\w* | gallery\w* | galerij\w* | slideshow\w* | carousel\w* | tags? | tagovi |
      tags-?links? | modal\w* | popup\w* | overlay\w* | paywall\w* | author-?(?:box|bio|info) | vote\w* | poll\w* |
      anket\w* | pag(?:er|ination)\w* | copyright | footer\w* | dno | podnozj\w* | toc | skip-?link\w*
    )(?=$|[\s_-])
    """,
    re.VERBOSE,
)
"""Words of classes and ids of what is no article, between hyphens, underscores and spaces."""

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

MOST_PROSE = 0.4
"""An element with a larger share of the page's prose is no noise."""

PROSE_CHARACTERS = 60
"""A block of so many characters outside links is prose."""

LINKED_SHARE = 0.8
"""A block that is links to so large a part is a headline of another page."""

HEADLINE_CHARACTERS = 20

HEADED_SPACE = 200
"""Characters of a block that begins with "read also" and has a link."""

CARDS = 3
CARD_CHARACTERS = 320
CARD_DEPTH = 5
"""So many neighbours are a list of other articles; each has so many characters besides its headline, which lies so many
elements deep in it."""

CARDLESS_TAGS = frozenset({"html", "body", "main", "head"})
KEPT_TAGS = frozenset({"html", "body", "main", "article", "head"})


def prune(document: html.HtmlElement) -> list[Block]:
    """Takes out of the parsed page what is not its article, and returns the blocks that it had."""
    shown = blocks(document)
    _drop_noise(document, shown)
    _drop_cards(document)
    for block in blocks(document):
        if _leads_away(block):
            _drop_block(block)
    return shown


def headlines_of(shown: list[Block]) -> frozenset[str]:
    """The headlines of other pages that a page links to, folded."""
    return frozenset(
        folded(block.text)
        for block in shown
        if block.link_share >= LINKED_SHARE and len(block.text) >= HEADLINE_CHARACTERS and block.element.tag != "h1"
    )


def _drop_noise(document: html.HtmlElement, shown: list[Block]) -> None:
    prose = _prose_within(shown)
    total = prose.get(document.getroottree().getroot(), 0)
    headed = {ancestor for heading in document.iter("h1") for ancestor in heading.iterancestors()}
    for element in list(document.iter(html.etree.Element)):
        if not _is_noise(element) or element.getparent() is None or element in headed:
            continue
        if prose.get(element, 0) <= MOST_PROSE * total:
            _drop(element)


def _drop_cards(document: html.HtmlElement) -> None:
    """Takes out lists of other articles: neighbours of one name, each a headline that is a link and little else."""
    cards: dict[html.HtmlElement, dict[html.HtmlElement, None]] = {}
    lengths = _Lengths()
    for block in blocks(document):
        if block.link_share < LINKED_SHARE or len(block.text) < HEADLINE_CHARACTERS or block.is_heading:
            continue
        card = _card(block, lengths)
        if card is not None and (holder := card.getparent()) is not None and card.tag not in CARDLESS_TAGS:
            cards.setdefault(holder, {})[card] = None
    for neighbours in cards.values():
        for card in neighbours:
            if sum(other.tag == card.tag for other in neighbours) >= CARDS:
                _drop(card)


def _card(block: Block, lengths: _Lengths) -> html.HtmlElement | None:
    """The outermost element around a headline that has little else in it."""
    most = len(block.text) + CARD_CHARACTERS
    element = block.element
    if lengths[element] > most:
        return None
    for _ in range(CARD_DEPTH):
        parent = element.getparent()
        if parent is None or parent.tag in CARDLESS_TAGS or lengths[parent] > most:
            break
        element = parent
    return element


class _Lengths(dict[html.HtmlElement, int]):
    """Lengths of elements of a document that does not change: the holder of a hundred cards is asked about by each."""

    def __missing__(self, element: html.HtmlElement) -> int:
        self[element] = _length(element)
        return self[element]


def _prose_within(shown: list[Block]) -> dict[html.HtmlElement, int]:
    """Characters of prose within each element that has any."""
    found: dict[html.HtmlElement, int] = {}
    for block in shown:
        own = len(block.text) - block.linked
        if own < PROSE_CHARACTERS:
            continue
        element: html.HtmlElement | None = block.element
        while element is not None:
            found[element] = found.get(element, 0) + own
            element = element.getparent()
    return found


def _is_noise(element: html.HtmlElement) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in KEPT_TAGS:
        return False
    if tag in NOISE_TAGS or element.get("role") in ("navigation", "complementary", "dialog", "alertdialog"):
        return True
    if element.get("itemprop") == "articleBody":
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
    return bool(NOISE_NAMES.search(CAMEL.sub("-", names).lower()))


def _leads_away(block: Block) -> bool:
    """Whether a block in the article leads to another one: a headline that is a link, or "read also" before one."""
    if block.is_heading:
        return False
    if block.link_share >= LINKED_SHARE:
        return len(block.text) >= HEADLINE_CHARACTERS
    return (
        block.linked > 0
        and len(block.text) <= block.linked + HEADED_SPACE
        and bool(beginning_with("other_articles").match(folded(block.text).lstrip("-–—•»>| *")))
    )


def _drop_block(block: Block) -> None:
    """Takes out a block with what holds nothing else; of a block between line breaks, which shares its element with
    the article's text, the links alone."""
    element = block.element
    if _length(element) > len(block.text):
        for link in [link for link in element.iter("a") if " ".join(link.text_content().split()) in block.text]:
            _drop(link)
        return
    while (parent := element.getparent()) is not None and parent.tag not in KEPT_TAGS:
        if _length(parent) > len(block.text):
            break
        element = parent
    _drop(element)


def _length(element: html.HtmlElement) -> int:
    return len(" ".join(element.text_content().split()))


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
