"""The error tree of the whole product.

AvmpError                  anything the program can explain in one line
├── BadInput               something handed to us is wrong: names file, field, value and remedy
│   ├── UnknownCode        a value is not in its code list
│   ├── BadSettings        a setting is misspelt or has an impossible value
│   ├── BadSource          a source file of the registry is wrong
│   ├── BadArticle         an article lacks what reading it needs
│   └── FutureSchema       an event on the bus is of a newer version than this program knows
├── StoreError             the database cannot do what is asked
│   ├── StoreUnavailable   it does not answer; trying again may help
│   ├── NotMigrated        its schema is not the one this program works with
│   ├── EmbeddedServerError   the embedded server cannot be used: disk, owner, version
│   └── Conflict           somebody else changed the row first, or holds its lease
├── BusError               the bus cannot do what is asked
│   └── BusUnavailable     it does not answer; trying again may help
├── NoAnswer               the instruction model gave no answer, or one of no use
├── ArchiveUnwritable      the archive of fetched pages takes no page: disk full, folder gone
├── StageStopped           a stage stopped itself: too many dead letters in a row or by ratio
└── NotYet                 a command whose issue is still open

A caller catches `AvmpError` at the edge (command line, request, stage runner) and prints it; `StoreUnavailable`,
`BusUnavailable` and `ArchiveUnwritable` are worth a retry, the others are not.
"""

from __future__ import annotations

from collections.abc import Mapping


def first_line(error: BaseException | None) -> str:
    """What another program's error says first: its further lines are hints for its own users."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class Obstacle(str):
    """What stands in the way, in plain words: an error prints it as it is, and quotes any other value."""

    __slots__ = ()


def obstacle(error: OSError | ValueError) -> Obstacle:
    """Why a file cannot be read or written."""
    for kind, words in _OBSTACLES.items():
        if isinstance(error, kind):
            return Obstacle(words)
    return Obstacle((error.strerror if isinstance(error, OSError) and error.strerror else first_line(error)).lower())


_OBSTACLES: Mapping[type[Exception], str] = {
    FileNotFoundError: "there is no such file or folder",
    FileExistsError: "it exists already",
    IsADirectoryError: "it is a folder",
    NotADirectoryError: "a part of its path is a file, no folder",
    PermissionError: "this user has no right to it",
    UnicodeDecodeError: "it is no text in UTF-8",
}


class AvmpError(Exception):
    """Base of every error a person may see; its text is one line that says what to do.

    Attributes:
        line: the line, with `%(name)s` where a value stands; so it can be said in another language.
        values: the values by name. Without any the line is as it is.
    """

    def __init__(self, line: str = "", /, **values: object) -> None:
        self.line, self.values = line, values
        super().__init__(line % values if values else line)


class BadInput(AvmpError):
    """Something handed to us is wrong.

    Attributes:
        where: file (and line), topic or form the value came from.
        field: dotted name of the field, or "" when the whole is unreadable.
        value: the value as given, shortened for print, or the `Obstacle`.
        remedy: what to do about it, as an imperative sentence without a full stop, with `%(name)s` for a value.
    """

    def __init__(self, where: str, field: str, value: object, remedy: str, **values: object) -> None:
        self.where, self.field, self.remedy = where, field, remedy
        self.value = _shortened(value)
        named = f"{where}: {field}" if field else where
        super().__init__(f"{named}: {self.value}: {remedy % values if values else remedy}")
        self.values = values


class UnknownCode(BadInput):
    """A value is not in its code list."""


class BadSettings(BadInput):
    """A setting is misspelt or has an impossible value."""


class BadSource(BadInput):
    """A source file of the registry is wrong."""


class BadArticle(BadInput):
    """An article lacks what reading it needs, such as a text."""


class FutureSchema(BadInput):
    """An event is of a newer schema version than this program knows."""


class StoreError(AvmpError):
    """The database cannot do what is asked."""


class StoreUnavailable(StoreError):
    """The database does not answer; trying again may help."""


class NotMigrated(StoreError):
    """The database's schema is not the one this program works with."""


class EmbeddedServerError(StoreError):
    """The embedded server cannot be used: disk full, another owner, another version."""


class Conflict(StoreError):
    """Somebody else changed the row first, or holds its lease."""


class BusError(AvmpError):
    """The bus cannot do what is asked."""


class BusUnavailable(BusError):
    """The bus does not answer; trying again may help."""


class NoAnswer(AvmpError):
    """The instruction model gave no answer, or one of no use. The text becomes `Reading.fallback`: one of few lines,
    never with a server's own words, which may repeat a key."""


class ArchiveUnwritable(AvmpError):
    """The archive of fetched pages takes no page: the disk is full, or the folder is gone or not ours."""


class StageStopped(AvmpError):
    """A stage stopped itself rather than drain its topic into the dead letters."""


class NotYet(AvmpError):
    """A command that exists in the stable command line and is not built yet."""


PRINTED_VALUE_LIMIT = 80
"""Characters of a wrong value that an error line shows: enough to find it, short enough for one line."""


def _shortened(value: object) -> str:
    text = value if isinstance(value, Obstacle) else repr(value)
    return text if len(text) <= PRINTED_VALUE_LIMIT else text[: PRINTED_VALUE_LIMIT - 1] + "…"
