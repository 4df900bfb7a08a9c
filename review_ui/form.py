"""The form of an incident: facts to values and back, with one line for every value that is wrong.

Values stay the texts a person typed until all are right, so that nothing is lost on the way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from codebook.bounds import LARGEST_COUNT, MOST_PERSONS
from codebook.codes import code_list, subtypes_of
from codebook.errors import BadInput
from codebook.records import Facts, Perpetrator, Victim
from review_ui.places import Located, located
from review_ui.translation.speaking import N_, gettext
from review_ui.translation.written import number

CODED = ("incident_type", "subtype", "date_precision", "time_of_day", "jurisdiction", "geo_precision", "place_type",
         "possession")  # fmt: skip
PLAIN = (*CODED, "date", "place", "seizure_firearms", "seizure_rounds", "seizure_explosives", "seizure_where")
VICTIM = {"sex": "sex", "age": None, "outcome": "outcome", "relation": "relation"}
PERPETRATOR = {"role": "role", "sex": "sex", "age": None, "status": "status"}
"""The fields of a person with their code lists."""
PERSONS = {"victims": VICTIM, "perpetrators": PERPETRATOR}
EMPTY_PERSON = {"victims": Victim(), "perpetrators": Perpetrator()}
COUNTS = ("firearms", "rounds", "explosives")
OLDEST = 120
EARLIEST = dt.date(2000, 1, 1)
"""No report read here tells an event before it as news; a year such as 0202 is a slip of the keyboard."""
LONGEST_TEXT = 4000
"""Characters of a comment: more is a mishap or an attack, and no page should be made of it."""

AGE = N_("Write the age in years in digits, %(first)s to %(last)s, or leave it empty.")
PIECES = N_("Write the number of pieces in digits, %(first)s to %(last)s, or leave it empty.")

CHOOSE = N_("Choose one of the list.")


@dataclass(frozen=True, slots=True)
class FormValues:
    """What stands in the form, as text. `plain` holds the fields of `PLAIN`; persons are rows of fields."""

    plain: Mapping[str, str]
    weapons: tuple[str, ...]
    persons: Mapping[str, tuple[Mapping[str, str], ...]]
    seized: bool
    comment: str = ""


def proposed(facts: Facts) -> FormValues:
    """The form filled from facts."""
    seizure = facts.seizure
    plain = {name: _text(getattr(facts, name)) for name in (*CODED, "date", "place")}
    plain |= {f"seizure_{name}": _text(seizure and getattr(seizure, name)) for name in COUNTS}
    plain["seizure_where"] = seizure.where if seizure else "unreported"
    persons = {
        kind: tuple({name: _text(getattr(person, name)) for name in fields} for person in getattr(facts, kind))
        for kind, fields in PERSONS.items()
    }
    return FormValues(plain, facts.weapons, persons, seizure is not None)


def typed(form: FormData) -> FormValues:
    """The form as a person sent it.

    Raises:
        BadInput: it has more rows than any incident has persons.
    """

    def column(name: str) -> list[str]:
        if len(form.getlist(name)) > MOST_PERSONS:
            raise BadInput("form", name, f"{len(form.getlist(name))} rows", "send at most %(most)s", most=MOST_PERSONS)
        return [str(value).strip() for value in form.getlist(name)]

    persons = {
        kind: tuple(
            dict(zip(fields, row, strict=True))
            for row in zip(*(column(f"{kind}.{name}") for name in fields), strict=False)
        )
        for kind, fields in PERSONS.items()
    }
    plain = {name: str(form.get(name, "")).strip() for name in PLAIN}
    plain["seizure_where"] = plain["seizure_where"] or "unreported"
    return FormValues(
        plain, tuple(dict.fromkeys(column("weapons"))), persons, "seized" in form, str(form.get("comment", "")).strip()
    )


def edited(values: FormValues, edit: str) -> FormValues:
    """The form with a row more or less, for browsers without scripts: `add victims`, `remove perpetrators 0`.

    An edit that names no row changes nothing.
    """
    action, _, which = edit.partition(" ")
    kind, _, number = which.partition(" ")
    rows = list(values.persons.get(kind, ()))
    if action == "add" and kind in PERSONS and len(rows) < MOST_PERSONS:
        rows.append({name: _text(getattr(EMPTY_PERSON[kind], name)) for name in PERSONS[kind]})
    elif action == "remove":
        rows = [row for place, row in enumerate(rows) if str(place) != number]
    return replace(values, persons={**values.persons, kind: tuple(rows)}) if kind in PERSONS else values


@dataclass(slots=True)
class FormErrors:
    """One line a field, by dotted name."""

    lines: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, line: str) -> None:
        self.lines.setdefault(name, line)

    def __bool__(self) -> bool:
        return bool(self.lines)


def read(values: FormValues, proposal: Facts, today: dt.date) -> tuple[Facts | None, FormErrors]:
    """The facts of a filled form, or null with a line for each wrong field.

    The place keeps what the proposal knew of it (gazetteer entry, coordinates) as long as nobody changed it.
    """
    errors = FormErrors()
    plain = values.plain
    facts: dict[str, Any] = {name: _coded(name, name, plain[name], errors) for name in CODED}
    facts["subtype"] = _subtype(plain["incident_type"], plain["subtype"], errors)
    facts["date"] = _date(plain, today, errors)
    if len(values.comment) > LONGEST_TEXT:
        errors.add("comment", too_long(values.comment))
    if not plain["jurisdiction"]:
        errors.add("jurisdiction", gettext("Choose where the event took place."))
    facts |= _place(plain, proposal, errors)
    for weapon in values.weapons:
        _coded("weapons", "weapon", weapon, errors)
    facts["weapons"] = values.weapons or ("unreported",)
    for kind, fields in PERSONS.items():
        facts[kind] = [
            _person(f"{kind}[{number}]", row, fields, errors) for number, row in enumerate(values.persons[kind])
        ]
    facts["seizure"] = _seizure(plain, errors) if values.seized else None
    if not values.seized and any(plain[f"seizure_{name}"] for name in COUNTS):
        errors.add("seizure", gettext("Tick that weapons were seized, or clear the numbers."))
    if errors:
        return None, errors
    try:
        return Facts.model_validate(facts), errors
    except ValidationError as invalid:
        for error in invalid.errors():
            message = str(error["msg"]).removeprefix("Value error, ")
            errors.add(".".join(map(str, error["loc"])) or "form", f"{message[:1].upper()}{message[1:]}.")
        return None, errors


def too_long(comment: str) -> str:
    """The line for a comment that is."""
    return gettext(
        "Shorten the comment to %(most)s characters; it has %(number)s.",
        most=number(LONGEST_TEXT),
        number=number(len(comment)),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _coded(name: str, list_name: str, value: str, errors: FormErrors) -> str | int | None:
    if not value and name in ("subtype", "jurisdiction"):
        return None
    if value not in code_list(list_name):
        errors.add(name, gettext(CHOOSE))
        return None
    return int(value) if list_name == "geo_precision" else value


def _subtype(incident_type: str, subtype: str, errors: FormErrors) -> str | None:
    if not subtype:
        return None
    if subtype not in subtypes_of(incident_type):
        errors.add("subtype", gettext("This subtype belongs to another type: choose one that fits, or none."))
    return subtype


def _date(plain: Mapping[str, str], today: dt.date, errors: FormErrors) -> dt.date | None:
    text, unknown = plain["date"], plain["date_precision"] == "unknown"
    if not text:
        if not unknown:
            errors.add("date", gettext("Choose a date, or set its precision to unknown."))
        return None
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        errors.add("date", gettext("Write the date as year-month-day, such as 2025-03-04."))
        return None
    if unknown:
        errors.add("date_precision", gettext("Say how exact the date is, or clear the date."))
    if date > today:
        errors.add("date", gettext("The date lies in the future: choose the day of the event."))
    if date < EARLIEST:
        errors.add("date", gettext("The date lies before %(year)s: look at its year.", year=EARLIEST.year))
    return date


def _place(plain: Mapping[str, str], proposal: Facts, errors: FormErrors) -> dict[str, Any]:
    name, precision = plain["place"], plain["geo_precision"]
    unchanged = (name, plain["jurisdiction"]) == (proposal.place or "", proposal.jurisdiction or "")
    if name and precision == "3":
        errors.add("geo_precision", gettext("A place is named: choose another precision, or clear the place."))
    if not name and precision == "1":
        errors.add("place", gettext("Name the municipality, or choose a coarser precision."))
    if unchanged:
        return {key: getattr(proposal, key) for key in ("place", "place_id", "latitude", "longitude")}
    if not name or precision == "2":
        return {"place": name or None}
    found = located(name, plain["jurisdiction"])
    if isinstance(found, Located):
        municipality = found.municipality
        return {
            "place": municipality.name,
            "place_id": municipality.id,
            "latitude": municipality.latitude,
            "longitude": municipality.longitude,
        }
    errors.add("place", found)
    return {}


def _person(
    where: str, row: Mapping[str, str], fields: Mapping[str, str | None], errors: FormErrors
) -> dict[str, str | int | None]:
    person: dict[str, str | int | None] = {}
    for name, list_name in fields.items():
        value = row[name]
        if list_name is None:
            person[name] = _number(f"{where}.{name}", value, range(OLDEST + 1), AGE, errors)
        else:
            if value not in code_list(list_name) or (list_name == "role" and value == "victim"):
                errors.add(f"{where}.{name}", gettext(CHOOSE))
            person[name] = value
    return person


def persons_in(values: FormValues) -> dict[str, list[Victim | Perpetrator]]:
    """The persons of the form, as far as they are right: what is wrong of one counts as not told."""
    return {kind: [_as_far_as_right(kind, row) for row in rows] for kind, rows in values.persons.items()}


def _as_far_as_right(kind: str, row: Mapping[str, str]) -> Victim | Perpetrator:
    wrong = FormErrors()
    told = _person(kind, row, PERSONS[kind], wrong)
    right = {name: value for name, value in told.items() if f"{kind}.{name}" not in wrong.lines}
    return Victim.model_validate(right) if kind == "victims" else Perpetrator.model_validate(right)


def _seizure(plain: Mapping[str, str], errors: FormErrors) -> dict[str, str | int | None]:
    pieces = range(LARGEST_COUNT + 1)
    seizure: dict[str, str | int | None] = {
        name: _number(f"seizure.{name}", plain[f"seizure_{name}"], pieces, PIECES, errors) for name in COUNTS
    }
    seizure["where"] = plain["seizure_where"]
    if seizure["where"] not in code_list("seizure_where"):
        errors.add("seizure.where", gettext(CHOOSE))
    return seizure


def _number(name: str, text: str, allowed: range, what: str, errors: FormErrors) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 12 and int(text) in allowed:
        return int(text)
    errors.add(name, gettext(what, first=allowed.start, last=number(allowed.stop - 1)))
    return None


def differs(values: FormValues, facts: Facts) -> bool:
    """Whether the form says anything else than these facts."""
    original = proposed(facts)
    return (values.plain, set(values.weapons), values.persons, values.seized) != (
        original.plain,
        set(original.weapons),
        original.persons,
        original.seized,
    )


def confidences(facts: Facts, told: Iterable[tuple[Facts, Mapping[str, float]]]) -> dict[str, float]:
    """How sure the reader is of each proposed value: the surest report that tells the same value, by field."""
    found: dict[str, float] = {}
    for mention, confidence in told:
        for name, sure in confidence.items():
            root = name.split("[")[0].split(".")[0]
            if getattr(mention, root, None) == getattr(facts, root, None):
                found[name] = max(sure, found.get(name, 0.0))
    return found
