"""The date words of a pack as compiled patterns over folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain

from languages.canonical import folded
from languages.numbers import number_words
from languages.packs import pack
from languages.packs.schema import Holiday, RelativeDay, TimeOfDay
from languages.phrases import any_of

LARGEST_AGO = 20
"""Number words up to this one are understood in "two days ago"."""


_QUOTES = "[\"'„“”‘’‚«»]+"
"""Before the name of a school or factory, from which its town may part it (the school in Bar "Eighth of March")."""


@dataclass(frozen=True, slots=True)
class DatePatterns:
    """The patterns of one language, in the order in which they claim their words.

    Groups: `day`, `day2`, `month`, `month_word`, `year`, `this_year`, `last_year`, `weekday`, `onto`, `night`, `count`,
    `unit`, `later`, `hour`, `half`. `clocks` are hours with their minutes, `hours` those without.
    """

    ignored: re.Pattern[str]
    named_after_days: re.Pattern[str]
    absolute: tuple[re.Pattern[str], ...]
    nights: tuple[re.Pattern[str], ...]
    ago: tuple[re.Pattern[str], ...]
    from_named: tuple[re.Pattern[str], ...]
    relative: tuple[tuple[re.Pattern[str], RelativeDay], ...]
    holidays: tuple[tuple[re.Pattern[str], Holiday], ...]
    beside_holiday: re.Pattern[str]
    day_alone: re.Pattern[str]
    weekday: re.Pattern[str]
    month_of_year: re.Pattern[str]
    last: re.Pattern[str]
    clocks: tuple[re.Pattern[str], ...]
    hours: tuple[re.Pattern[str], ...]
    after_midnight: re.Pattern[str]
    not_after_midnight: re.Pattern[str]
    times_of_day: tuple[tuple[re.Pattern[str], TimeOfDay], ...]
    day_number: tuple[tuple[re.Pattern[str], int], ...]
    month_number: tuple[tuple[re.Pattern[str], int], ...]
    weekday_number: tuple[tuple[re.Pattern[str], int], ...]
    units: tuple[tuple[re.Pattern[str], int], ...]


@cache
def date_patterns(lang: str) -> DatePatterns:
    """The compiled date patterns of a language. Raises `KeyError` for a language without a pack."""
    words = pack(lang).dates

    def phrases(listed: Iterable[str]) -> str:
        return any_of(listed, lang)

    months = rf"(?P<month_word>{phrases(form for forms in words.months.values() for form in forms)})\.?"
    weekday_forms = phrases(form for forms in words.weekdays.values() for form in forms)
    weekday = rf"(?P<weekday>{weekday_forms})"
    suffix = "|".join(folded(end, lang) for end in words.day_suffixes)
    number = r"(?<![\w.,:/])(?:0?[1-9]|[12]\d|3[01])"
    ending = rf"(?:\.|-?(?:{suffix})(?!\w))?" if suffix else r"\.?"
    in_words = phrases(form for forms in words.days_in_words.values() for form in forms)
    day = rf"(?P<day>{number}|{in_words}){ending}"
    joint = rf"\s*(?:{phrases((*words.and_, *words.onto, *words.between_day_and_month))}|[-/–])\s*"
    to_month = rf"\s*(?:{phrases(words.between_day_and_month)}\s*)?"
    year = (
        rf"(?:\s*,?\s*(?P<year>(?:19|20)\d\d)(?!\d)"
        rf"|\s*,?\s*(?P<this_year>{phrases(words.this_year)})|\s*,?\s*(?P<last_year>{phrases(words.last_year)}))?"
    )
    numeric_month = r"(?P<month>0?[1-9]|1[0-2])"
    night = phrases(words.night)
    between, and_, onto = phrases(words.between), phrases(words.and_), phrases(words.onto)
    counts = phrases(word for word, value in number_words(lang).items() if value <= LARGEST_AGO)
    units = {7: words.ago.week, 1: words.ago.day, 30: words.ago.month}
    unit = phrases(form for forms in units.values() for form in forms)
    ago = rf"(?P<count>\d{{1,2}}|{counts})\s+(?P<unit>{unit})"
    before = phrases(words.clock.before)
    after = phrases(words.clock.after).removeprefix(r"(?<!\w)")  # 21h is one word
    hours = phrases(_hour_words(lang))
    half = phrases(words.clock.half_to)
    day_parts = phrases(
        (*words.clock.after_midnight, *words.clock.not_after_midnight, *chain(*words.times_of_day.values()))
    )

    clause_end = rf"(?=\s*(?:[^\w\s]|$)|\s+{phrases(words.ago.after_end)})"

    def compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in patterns)

    bare = r"(?<![\w.,:/])(?P<day>0[1-9]|[12]\d|3[01])\.(?P<month>0[1-9]|1[0-2])(?![\w.:/]|,\d)"
    return DatePatterns(
        ignored=re.compile(phrases(words.ignored)),
        named_after_days=re.compile(
            rf"{phrases(words.named_after_days)}\.?(?:\s+|(?:\s+\w+){{0,2}}\s+{_QUOTES}){in_words}\s+{months}"
        ),
        absolute=compiled(
            r"(?<![\w.])(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?!\d)",
            rf"(?P<day>{number})\s?(?P<sep>[./-])\s?{numeric_month}\s?(?P=sep)\s?(?P<year>(?:19|20)\d\d|\d\d)(?!\d)",
            rf"(?P<onto>{night}\s+{onto}\s+(?:{weekday_forms},?\s+)?){day}{to_month}{months}{year}",
            rf"(?P<night>{night}\s+(?:{between}\s+)?)?{day}{joint}(?P<day2>{number}|{in_words}){ending}{to_month}{months}{year}",
            rf"{day}{to_month}{months}{year}",
            rf"{months}\s+(?P<day>{number}){ending}(?!\w|\.\d)(?:,?\s+(?P<year>(?:19|20)\d\d))?"
            if lang == "en"
            else r"(?!)",
            rf"(?P<day>{number})\.\s?{numeric_month}\.(?!\d)",
            bare if words.bare_day_month else r"(?!)",
        ),
        nights=compiled(
            rf"{night}\s+(?:{between}\s+)?{weekday},?\s+{and_}\s+{weekday_forms}",
            rf"(?P<onto>{night}\s+{onto}\s+){weekday}",
        ),
        ago=compiled(
            rf"{phrases(words.ago.before)}\s+{ago}",
            rf"{ago}\s+{phrases(words.ago.after)}",
        ),
        from_named=compiled(
            rf"{ago}\s+(?:{phrases(words.ago.earlier)}|(?P<later>{phrases(words.ago.later)})"
            rf"|{phrases(words.ago.earlier_at_end)}{clause_end})",
        ),
        relative=tuple(
            (re.compile(phrases(day.phrases) + clause_end * day.ends_clause), day) for day in words.relative
        ),
        holidays=tuple((re.compile(phrases(day.phrases)), day) for day in words.holidays),
        beside_holiday=re.compile(
            rf"[\s,()–-]{{1,3}}(?:(?:{day_parts})[\s,()–-]{{1,3}})?(?:{phrases(words.beside_holiday)}\s+)?"
        ),
        day_alone=re.compile(rf"{phrases(words.day_alone)}\s+(?P<day>{number}){ending}(?![\w%]|[.,:/]\d)"),
        weekday=re.compile(weekday),
        month_of_year=re.compile(rf"{months}\s+(?P<year>(?:19|20)\d\d)(?!\d)"),
        last=re.compile(phrases(words.last)),
        clocks=compiled(
            r"(?<![\d.,:/])(?P<hour>[01]?\d|2[0-4]):[0-5]\d(?!\d|[.:/]\d)",
            rf"{before}\s+(?P<hour>[01]?\d|2[0-4])[.,][0-5]\d(?!\d|[.:/,]\d)",
            rf"(?<![\d.,:/])(?P<hour>[01]?\d|2[0-4])[.,][0-5]\d\s*{after}",
        ),
        hours=compiled(
            rf"(?P<half>{half}\s+)?(?P<hour>(?<![\d.,:/])\d{{1,2}}|{hours})\s*{after}",
            rf"{before}\s+(?P<half>{half}\s+)(?P<hour>\d{{1,2}}|{hours})(?!\w)",
            rf"{before}\s+(?P<hour>\d{{1,2}}|{hours})(?=\s*(?:[,;.)](?!\d)|$)|\s+{day_parts})",
            rf"{before}\s+(?P<hour>\d{{1,2}}|{hours})(?![.:/,]?\d|\w)",
        ),
        after_midnight=re.compile(phrases(words.clock.after_midnight)),
        not_after_midnight=re.compile(phrases(words.clock.not_after_midnight)),
        times_of_day=tuple((re.compile(phrases(forms)), part) for part, forms in words.times_of_day.items()),
        day_number=tuple((re.compile(phrases(forms)), number) for number, forms in words.days_in_words.items()),
        month_number=tuple((re.compile(phrases(forms)), number) for number, forms in words.months.items()),
        weekday_number=tuple((re.compile(phrases(forms)), number) for number, forms in words.weekdays.items()),
        units=tuple((re.compile(phrases(forms)), days) for days, forms in units.items()),
    )


def _hour_words(lang: str) -> list[str]:
    """The number words that can tell an hour: not those that count persons, nor forms that no hour is told in."""
    words = pack(lang)
    left_out = {folded(word, lang) for word in words.dates.clock.not_hours}
    of_persons = tuple(folded(ending, lang) for ending in words.numbers.of_persons)
    return [
        word
        for word, value in number_words(lang).items()
        if value <= 12 and word not in left_out and not (of_persons and word.endswith(of_persons))
    ]
