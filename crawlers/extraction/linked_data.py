"""What a page says of itself in JSON-LD."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import html

ARTICLE_TYPES = frozenset(
    {
        "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "backgroundnewsarticle",
        "opinionnewsarticle", "blogposting", "liveblogposting", "socialmediaposting", "report",
    }
)  # fmt: skip

MOST_NODES = 5_000
"""Nodes of one page that are looked at: whole shops and comment threads are put there."""

BLOCK_ENDS = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h[1-6]|blockquote)\s*>")
TAGS = re.compile(r"<[^<>]{0,500}>")


def nodes(document: html.HtmlElement) -> list[dict[str, Any]]:
    """Every object of the page's JSON-LD, from the outside in; scripts that are no JSON are passed over."""
    found: list[dict[str, Any]] = []
    for script in document.iter("script"):
        if (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            found.extend(_objects(script.text or "", MOST_NODES - len(found)))
    return found


def _objects(script: str, limit: int) -> Iterator[dict[str, Any]]:
    try:
        waiting: list[Any] = [json.loads(script.strip().rstrip(";"), strict=False)]
    except (ValueError, RecursionError):
        return
    position = 0
    while position < len(waiting) and limit > 0:
        node = waiting[position]
        position += 1
        if isinstance(node, dict):
            limit -= 1
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node[:MOST_NODES])


def is_article(node: dict[str, Any]) -> bool:
    """Whether an object describes an article."""
    types = node.get("@type")
    named = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.rsplit("/", 1)[-1].lower() in ARTICLE_TYPES for name in named)


def string(node: dict[str, Any], key: str) -> str:
    """A value that is text, as plain text of one or several lines; "" where it is none."""
    value = node.get(key)
    return plain(value) if isinstance(value, str) else ""


def plain(text: str) -> str:
    """Text that may hold markup and entities, even doubly written ones, as lines of plain text."""
    for _ in range(2):
        text = entities.unescape(text)
    text = TAGS.sub("", BLOCK_ENDS.sub("\n", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
