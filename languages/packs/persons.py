"""What a language pack holds of persons and their ages."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from languages.packs.data import Data, Phrases

Sex = Literal["male", "female", "unreported"]


class AgeWords(Data):
    """How ages are said: by a number with words beside it, by the year of birth, in one word ("dvadesetdvogodišnjak").

    Attributes:
        before, after: phrases right before or behind a number of years (*aged* 29, 29 *years*).
        about: phrases before years that are no exact age (*about* thirty years old).
        between: phrases before two numbers of years of which neither is exact (*between* 20 and 30).
        not_lived: beginnings of words behind a number of years that nobody has lived (12 years in *prison*).
        bare_before: words between a person and a number that is an age without a word for years (a man *of* 40).
        bare_said: phrases right before such a number that tell by themselves that it is an age (*he is* 23).
        bare_one, bare_other: those that tell it only together (*one of* 20 and *the other of* 25).
        bare_after: words that may follow such a number because they are nothing it counts (a man of 40 *who*).
        bare_not: words shortly before a number that is theirs and no age (*street*, *line*, *calibre*).
        bare_counting: phrases for what holds or is so many, before such a word and number (*a group* of 20).
        bare_agents: endings of words for persons by what they do, before such a word and number (a mine*r* of 45).
        born_before, born_after: phrases right before or behind a year of birth (*born in* 1985).
        nouns: endings of words that are a person, by the person's sex.
        adjectives: endings of words that tell the age of whoever follows, by sex; the form of `unreported` fits both.
        things: beginnings of words after which an adjective is no person's age: a sentence or a contract lasts for
            years as well.
        stems: what stands before the ending, by the age: 1 to 20 and the tens.
        tens: what stands before the stem of a unit, by the tens.
    """

    before: Phrases
    after: Phrases
    about: Phrases
    between: Phrases
    not_lived: tuple[str, ...]
    bare_before: tuple[str, ...] = ()
    bare_said: Phrases = ()
    bare_one: Phrases = ()
    bare_other: Phrases = ()
    bare_after: tuple[str, ...] = ()
    bare_not: Phrases = ()
    bare_counting: Phrases = ()
    bare_agents: tuple[str, ...] = ()
    born_before: Phrases
    born_after: Phrases = ()
    nouns: dict[Sex, tuple[str, ...]] = Field(default_factory=dict)
    adjectives: dict[Sex, tuple[str, ...]] = Field(default_factory=dict)
    things: tuple[str, ...] = ()
    stems: dict[int, tuple[str, ...]] = Field(default_factory=dict)
    tens: dict[int, tuple[str, ...]] = Field(default_factory=dict)


class PersonWords(Data):
    """How persons are told.

    Attributes:
        another: words that part two persons: another begins behind them, or they belong to the verb between.
        ages: how old they are.
    """

    another: tuple[str, ...]
    ages: AgeWords
