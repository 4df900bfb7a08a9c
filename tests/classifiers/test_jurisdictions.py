"""Where an article names no town, it is the jurisdiction named that tells where something happened."""

from __future__ import annotations

import pytest

from classifiers.jurisdictions import named
from classifiers.pipelines import parsed


@pytest.mark.parametrize(
    ("lang", "title", "text", "home", "expected"),
    [
        ("mk", "Косово: уапсен маж со пушки во куќа", "Полицијата соопшти дека го приведе.", "MK", "XK"),
        ("hbs", "U Crnoj Gori uhapšena dvojica sa pištoljima", "Zaplijenjeno je i oružje.", "RS", "ME"),
        ("sq", "Malin e Zi e trondit vrasja e një burri", "Policia po heton.", "AL", "ME"),
        ("ro", "Un bărbat a fost împușcat", "S-a întâmplat în Serbia. Poliția din Serbia îl caută.", "MD", "RS"),
        ("ru", "В Черногории застрелен мужчина", "Полиция ищет нападавшего.", "MD", "ME"),
        ("en", "Man shot dead", "Police in Kosovo said so. Kosovo police look for a car.", None, "XK"),
    ],
)
def test_the_title_or_a_name_told_twice(lang: str, title: str, text: str, home: str | None, expected: str) -> None:
    found = named(parsed(lang, title, text, jurisdiction=home)[:])
    assert found is not None
    jurisdiction, words = found
    assert jurisdiction == expected
    assert f"{title}\n\n{text}"[words.start_char : words.end_char][0].isupper()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Uhapšen zbog pištolja", "Oružje je kupio u Bosni, priznao je policiji."),
        ("Uhapšen zbog pištolja", "Oružje iz Bosne, preko Bosne u Srbiju, a u Srbiji ga je skrivao."),
        ("Iz Bosne u Srbiju sa pištoljem", "Policija je zaustavila auto."),
        ("Albanac uhapšen zbog pištolja", "Policija ga je privela."),
    ],
)
def test_what_is_only_passed_or_bought_from_leaves_it_to_the_source(title: str, text: str) -> None:
    found = named(parsed("hbs", title, text, jurisdiction="RS")[:])
    assert found is None or found[0] == "RS"
