"""What a language pack holds. Every model is frozen and refuses fields it does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, field_validator, model_validator

from languages.packs.data import Data, Phrases
from languages.packs.persons import PersonWords
from languages.packs.places import PlaceRules


class PackError(ValueError):
    """A file of a language pack is missing, not TOML, or not what the schema asks for."""


def _with_all(named: dict[int, tuple[str, ...]], numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """`named`, when each of `numbers` has a word in it."""
    missing = [number for number in numbers if not named.get(number)]
    if missing:
        raise ValueError(f"give words for {', '.join(map(str, missing))}")
    return named


class NumberWords(Data):
    """Number words in canonical Latin, in every gender, case, collective and counted form that news texts use.

    Attributes:
        group_separators: characters that may stand between groups of three digits, besides spaces.
        joined_by: words between the parts of a number (twenty *and* one).
        words: the words for 1 to 19, 20 to 90 in tens, and hundreds and thousands that are one word, by value.
        hundred, thousand: words that multiply the number before them, or stand for it alone.
        multiples: those of them that never stand alone: plurals ("*hundreds* of rounds" tells no number).
        approximating: words behind which they do ("*about* a thousand", in the form of a plural).
        articles: words before one thing that are no number (*a* rifle).
        pieces: words behind a number that count pieces of anything (12 *pcs*).
        each_before, each_after: words before or behind a number of what each of several holds (boxes *of* fifty).
        joining: words that join one thing to another or liken it (a pistol *and* cartridges, *or*, *as*).
        what_for: words between pieces and the thing they are for, of or made by (cartridges *for* a rifle, of *type*).
        about: one word for about so many, by value (*desetak*, about ten).
        uncounted: words before things of which there are several and nobody says how many (*several* rifles).
        more_before, more_after: words before or behind a number of further things that were named before it
            (212 cartridges and *another* 46).
        announcing: words right before the number of what was named before (rounds, *exactly* 412).
        places_follow: words before a place, behind a number that names nothing (36 *in* a bag).
        units: words behind a number of weights, lengths, times or money (three *kilograms* of explosives).
        parts: words that divide a number told before (100 rounds, *of them* 40 of another calibre).
        weapon_parts: words for parts of weapons (five *barrels* of rifles).
        spare: words before parts that may be weapons without them (six *spare* barrels).
        weapon_kinds: adjectives that stand for weapons beside others (two *automatic* and three hunting rifles).
        of_persons: endings of number words that count persons alone.
    """

    group_separators: str
    joined_by: tuple[str, ...]
    words: dict[int, tuple[str, ...]]
    hundred: tuple[str, ...]
    thousand: tuple[str, ...]
    multiples: tuple[str, ...] = ()
    approximating: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    pieces: tuple[str, ...]
    each_before: tuple[str, ...]
    each_after: tuple[str, ...]
    what_for: tuple[str, ...]
    joining: tuple[str, ...]
    about: dict[int, tuple[str, ...]] = Field(default_factory=dict)
    uncounted: tuple[str, ...]
    more_before: tuple[str, ...]
    more_after: tuple[str, ...] = ()
    announcing: tuple[str, ...]
    places_follow: tuple[str, ...]
    units: tuple[str, ...]
    parts: tuple[str, ...]
    weapon_parts: tuple[str, ...]
    spare: tuple[str, ...] = ()
    weapon_kinds: tuple[str, ...]
    of_persons: tuple[str, ...] = ()

    @field_validator("words")
    @classmethod
    def _complete(cls, words: dict[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        return _with_all(words, (*range(1, 20), *range(20, 100, 10)))


TimeOfDay = Literal["night", "morning", "afternoon", "evening"]
"""Night 00–06, morning 06–12, afternoon 12–18, evening 18–24, as in the codebook."""

Precision = Literal["day", "week", "month"]


class RelativeDay(Data):
    """Phrases for a day counted from the day of publication.

    Attributes:
        days: the distance, negative for the past.
        after_midnight: the distance when a time between midnight and six is given beside it, if another.
        time_of_day: the part of the day the phrase itself tells.
        precision: "week" or "month" where the phrase tells no day (*a week ago*).
        from_named: whether it is counted from the day named last before it, if there is one (*the night before*).
        ends_clause: whether it is one only where nothing follows from which it would be counted (the day before *the
            trial*).
    """

    days: int
    after_midnight: int | None = None
    time_of_day: TimeOfDay | None = None
    precision: Precision = "day"
    from_named: bool = False
    ends_clause: bool = False
    phrases: Phrases


Church = Literal["orthodox", "western"]


class Holiday(Data):
    """Phrases for a day of the year that has a name.

    Attributes:
        month, day: when it is, for one on the calendar.
        after_easter: its distance from Easter Sunday, for one that moves with it.
        churches: those whose Easter may be meant; the latest counts.
        is_night: the phrases name the night that begins on it; past midnight it is the next day.
    """

    month: int | None = Field(default=None, ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    after_easter: int | None = None
    churches: tuple[Church, ...] = ("orthodox", "western")
    is_night: bool = False
    phrases: Phrases

    @model_validator(mode="after")
    def _told_one_way(self) -> Holiday:
        on_calendar = self.month is not None and self.day is not None
        if on_calendar == (self.after_easter is not None):
            raise ValueError("a holiday has either month and day or a distance from Easter")
        return self


class Ago(Data):
    """How "two days ago" is said.

    Attributes:
        before, after: words that stand before, or after, the number and its unit.
        earlier, later: words after them that count from the day named last (two days *later*).
        earlier_at_end: those that do so only at the end of a clause (two days *before*).
        after_end: words that may stand there and name nothing to count from (two days before *in* Bar).
        day, week, month: the unit's forms.
    """

    before: Phrases = ()
    after: Phrases = ()
    earlier: Phrases = ()
    earlier_at_end: Phrases = ()
    after_end: Phrases = ()
    later: Phrases = ()
    day: Phrases
    week: Phrases
    month: Phrases


class Clock(Data):
    """How a time of day is said.

    Attributes:
        before, after: words that make a number beside them an hour.
        half_to: words that put half an hour before the hour named (pola dva = 1:30).
        not_hours: number words in forms in which no hour is told (u *jednoj* kući).
        after_midnight: phrases for the hours between midnight and dawn.
        not_after_midnight: phrases that put an hour from 1 to 5 in the afternoon.
    """

    before: Phrases
    after: Phrases
    half_to: Phrases = ()
    not_hours: tuple[str, ...] = ()
    after_midnight: Phrases
    not_after_midnight: Phrases


class DateWords(Data):
    """How days are named.

    Attributes:
        months: forms of the months by number, 1 to 12.
        weekdays: forms of the weekdays by number, 1 for Monday to 7 for Sunday.
        day_suffixes: what may be written onto a day's number (the 22*nd*).
        between_day_and_month: words that may stand there (the 22nd *of* April).
        days_in_words: words for the days of a month, by number (the *first* of May).
        named_after_days: streets, squares and houses that bear a day in words as their name (*Ulica* Osmog marta).
        this_year, last_year: phrases that stand for a year after a day and month.
        day_alone: words that make a number after them a day of this month or the last (më datë 9).
        bare_day_month: whether 15.10 without a dot at its end is a date when it cannot be a time.
        relative: days counted from publication.
        holidays: days with a name, on which shots are fired in joy.
        beside_holiday: words before a weekday or feast that stands beside the other (*On* Easter, *on* Sunday).
        ago: "two days ago".
        ignored: phrases that hold a date word and name no day (*every Friday*, *last week*).
        last: words beside a weekday that exclude the day of publication (*last* Friday).
        night: words for the night, for the patterns of the next two.
        between, and_: the night *between* Saturday *and* Sunday, 3 *to* 4 March: the first day is meant.
        onto: the night *to* Sunday: the day before is meant.
        clock: times of day.
        times_of_day: phrases that tell the part of the day.
    """

    months: dict[int, Phrases]
    weekdays: dict[int, Phrases]
    day_suffixes: tuple[str, ...] = ()
    between_day_and_month: Phrases = ()
    days_in_words: dict[int, Phrases] = Field(default_factory=dict)
    named_after_days: Phrases = ()
    this_year: Phrases = ()
    last_year: Phrases = ()
    day_alone: Phrases = ()
    bare_day_month: bool = False
    relative: tuple[RelativeDay, ...]
    holidays: tuple[Holiday, ...] = ()
    beside_holiday: Phrases = ()
    ago: Ago
    ignored: Phrases = ()
    last: Phrases = ()
    night: Phrases
    between: Phrases
    and_: Phrases = Field(alias="and")
    onto: Phrases
    clock: Clock
    times_of_day: dict[TimeOfDay, Phrases]

    @field_validator("months")
    @classmethod
    def _twelve(cls, months: dict[int, Phrases]) -> dict[int, Phrases]:
        return _with_all(months, range(1, 13))

    @field_validator("weekdays")
    @classmethod
    def _seven(cls, weekdays: dict[int, Phrases]) -> dict[int, Phrases]:
        return _with_all(weekdays, range(1, 8))


class Pack(Data):
    """One reading language.

    Attributes:
        code: the reading language, as in `Language.lang`.
        name: its English name.
        signs: letters that hardly any other language of the region writes.
        words: frequent small words that it does not share with its neighbours, in canonical Latin.
        detector: the languages of lingua that are this reading language, by their upper-case English names.
        letters: the canonical Latin for each lower-case Cyrillic letter of its alphabet.
        numbers: number words.
        dates: date words.
        places: how place names inflect.
        persons: how persons are told.
    """

    code: str
    name: str
    signs: str
    words: str
    detector: tuple[str, ...]
    letters: dict[str, str] = {}
    places: PlaceRules
    numbers: NumberWords
    dates: DateWords
    persons: PersonWords
