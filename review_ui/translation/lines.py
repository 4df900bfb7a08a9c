"""Errors as a person reads them: whole sentences in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping

from codebook.errors import AvmpError, BadInput
from review_ui.translation.speaking import translated
from review_ui.translation.written import moment, number
from store.clock import Clock, Moment, clock


def sentence(error: object) -> str:
    """The line of an error as a sentence of a page; a text is taken as it is."""
    text = told(error) if isinstance(error, AvmpError) else str(error)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def because(what: str, error: object) -> str:
    """What was not done, and why."""
    return f"{what} {sentence(error)}"


def remedy(error: BadInput) -> str:
    """What to do about a wrong value."""
    return _filled(error.remedy, error.values)


def told(error: AvmpError) -> str:
    """The line of an error, to go on in a sentence."""
    if isinstance(error, BadInput):
        named = ": ".join(filter(None, (translated(error.where), error.field)))
        return f"{named}: {error.value}: {remedy(error)}"
    return _filled(error.line, error.values)


def _filled(text: str, values: Mapping[str, object]) -> str:
    """The text with its values; one without any may hold per cent signs of another program."""
    return translated(text) % {name: _value(value) for name, value in values.items()} if values else translated(text)


def _value(value: object) -> object:
    if isinstance(value, Moment):
        return moment(value.time, value.jurisdiction)
    if isinstance(value, Clock):
        return clock(value.time, value.jurisdiction)
    return number(value) if isinstance(value, int) else value
