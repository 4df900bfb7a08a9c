"""How deeply a page nests its elements: a parser that keeps to the HTML standard takes a time that grows with the
square of the depth, minutes for a page of a megabyte that nests nothing but boxes."""

from __future__ import annotations

import re

DEEPEST = 2_000
"""Elements of one name open at the same time; the deepest of real pages are some hundreds."""

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")

CLOSED_BY_ITSELF = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
    | {"p", "li", "dt", "dd", "option", "optgroup", "rp", "rt"}
    | {"tr", "td", "th", "thead", "tbody", "tfoot", "colgroup"}
    | {"path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "use", "stop", "image"}
)
"""Elements that have no end tag, or need none: in HTML, and in drawings."""


def is_too_deep(text: str) -> bool:
    """Whether elements of one name are left open, one in another, deeper than any page for readers has them."""
    if text.count("<") <= DEEPEST:
        return False
    still_open: dict[str, int] = {}
    for match in TAG.finditer(text):
        name = match[2].lower()
        if name in CLOSED_BY_ITSELF:
            continue
        depth = max(0, still_open.get(name, 0) + (-1 if match[1] else 1))
        if depth > DEEPEST:
            return True
        still_open[name] = depth
    return False
