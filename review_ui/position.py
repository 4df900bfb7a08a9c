"""Where in the queue a person is: the filters and the items they have seen, all in the URL.

A bookmark, a reload, or the browser's Back lead to the same place, and leaving an item returns to the same list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request

from codebook.codes import code_list
from codebook.errors import UnknownCode
from store.queue_filter import AGES, CERTAINTIES, ORDERS, QueueFilter

CODED = {"jurisdiction": "jurisdiction", "incident_type": "incident_type", "kind": "source_kind"}
"""Filters whose values are codes, by the code list."""

NAMED: Mapping[str, Collection[str]] = {"certainty": CERTAINTIES, "age": AGES, "order": ORDERS}
"""Filters whose values are ours."""

TRAIL_LENGTH = 100
"""Items remembered in the URL: 100 ids are some 2,000 characters, well below every limit on addresses."""


@dataclass(frozen=True, slots=True)
class Position:
    """The filters and, oldest first, the ids of items seen on the way."""

    chosen: QueueFilter
    seen: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, str]:
        return self.chosen.active

    @property
    def list_params(self) -> dict[str, str]:
        """The filters and the order."""
        return {name: value for name, value in self.chosen if value}

    def query(self, **more: str) -> str:
        """As the query of a URL, with its question mark; empty when there is nothing to say."""
        params = self.list_params | ({"seen": ".".join(self.seen)} if self.seen else {}) | more
        return f"?{urlencode(params)}" if params else ""

    def list_url(self) -> str:
        """The list with these filters in this order."""
        return f"/queue?{urlencode(self.list_params)}" if self.list_params else "/queue"

    def without_url(self, name: str) -> str:
        """The list with one filter less."""
        return replace(self, chosen=self.chosen.without(name)).list_url()

    def cleared_url(self) -> str:
        """The list without any filter, in its order."""
        return Position(QueueFilter(order=self.chosen.order)).list_url()

    def bulk_url(self) -> str:
        """Where all that match are rejected at once."""
        return f"/queue/reject{self.from_start().query()}"

    def audit_url(self, article_id: str = "next", **more: str) -> str:
        """An article of the audit, by default the next."""
        return f"/audit/{quote(article_id, safe='')}{self.query(**more)}"

    def item_url(self, candidate_id: str, **more: str) -> str:
        return f"/item/{quote(candidate_id, safe='')}{self.query(**more)}"

    def next_url(self, **more: str) -> str:
        return f"/queue/next{self.query(**more)}"

    def previous_url(self) -> str | None:
        """The item seen before this one, or null at the beginning of the way."""
        return replace(self, seen=self.seen[:-1]).item_url(self.seen[-1]) if self.seen else None

    def after(self, candidate_id: str) -> Position:
        """The position once this item has been seen."""
        return replace(self, seen=(*self.without(candidate_id).seen, candidate_id)[-TRAIL_LENGTH:])

    def without(self, candidate_id: str) -> Position:
        """The position as if this item had not been seen."""
        return replace(self, seen=tuple(c for c in self.seen if c != candidate_id))

    def from_start(self) -> Position:
        """The same filters with nothing seen yet."""
        return replace(self, seen=())


def position(request: Request) -> Position:
    """The position in the request's URL.

    Raises:
        UnknownCode: a filter holds a code that is not in its list, or there is no such order.
    """
    params = {name: request.query_params.get(name) or None for name in QueueFilter.model_fields}
    for name, list_name in CODED.items():
        value = params[name]
        if value is not None:
            code_list(list_name).require(value, "address of the page", name)
    for name, allowed in NAMED.items():
        value = params[name]
        if value is not None:
            require_one(name, value, allowed)
    seen = tuple(c for c in request.query_params.get("seen", "").split(".") if c)
    return Position(QueueFilter(**params), seen[-TRAIL_LENGTH:])


def require_order(order: str, orders: Collection[str]) -> None:
    """Raises `UnknownCode` when a list has no such order."""
    require_one("order", order, orders)


def require_one(name: str, value: str, allowed: Collection[str]) -> None:
    """Raises `UnknownCode` when a part of the page's address has none of the values it may have."""
    if value not in allowed:
        raise UnknownCode("address of the page", name, value, "use one of %(codes)s", codes=", ".join(allowed))


At = Annotated[Position, Depends(position)]
Start = Annotated[int, Query(ge=0, le=100_000_000)]
"""Lines of a list before the page shown."""
