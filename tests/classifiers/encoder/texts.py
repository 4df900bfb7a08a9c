"""Texts as news pages carry them: both scripts, letters composed and taken apart, hidden characters inside words."""

from __future__ import annotations

import datetime as dt
import unicodedata

from hypothesis import strategies as st
from spacy.tokens import Doc

from classifiers.pipelines import parsed

LETTERS = st.text(
    "abcčćdđež ŠĐŽABCëçțăîşâабвгдђежзијклљмнњопрстћуфхцчџшЂЉЊЏЋѓќѕЃЌЅёйыэщъьЫЭЮЯ"
    "\u0301\u0306\u030c\u00ad\u200b\u200d\u200e\u202e\u2060\ufeff🔫½ﬁ…-.,()0123 \n\t",
    max_size=120,
)
WORDS = st.lists(
    st.sampled_from(
        ["pištolj", "пиштољ", "ранет", "plagos", "împușcat", "выстрел", "(35)", "A. H.", "u Nišu", "Скопје", "Bălți",
         "ran\u00adjen", "uhap\u200bšen", "\u202epucnjava\u202c", "\n\n", "»", "—", "12", "📰",
         unicodedata.normalize("NFD", "mladić Čačak împușcat"), unicodedata.normalize("NFD", "й")]
    ),
    max_size=40,
).map(" ".join)  # fmt: skip
TEXTS = st.one_of(LETTERS, WORDS, st.text(max_size=80))
LANGS = st.sampled_from(["hbs", "mk", "sq", "ro", "ru", "en"])
NOON = dt.datetime(2024, 5, 15, 12, tzinfo=dt.UTC)


def doc_of(text: str, lang: str = "hbs", title: str = "") -> Doc:
    return parsed(lang, title, text, NOON, "RS")
