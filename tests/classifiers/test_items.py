"""Which part of an article tells which incident."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Span

from classifiers.items import paragraphs, parts
from classifiers.judges import LinearJudge, Shares
from classifiers.linear import shipped_model
from classifiers.pipelines import Stretch, layout_of, parsed
from classifiers.reader import Reader
from codebook.records import Reading
from tests.classifiers.conftest import MakeArticle


def types_and_towns(reading: Reading) -> list[tuple[str, str | None]]:
    return [(mention.incident_type, mention.place) for mention in reading.mentions]


def test_one_paragraph_that_tells_of_two_towns_gives_two_mentions(reader: Reader, make_article: MakeArticle) -> None:
    article = make_article(
        title="Pretresi u dva grada",
        text="Policija je juče pretresla tri kuće. U Somboru je u stanu muškarca (39) nađena automatska puška sa 120 "
        "metaka. U Apatinu su u garaži muškarca (52) pronađena dva pištolja i ručna bomba. U Kuli nije nađeno ništa.",
        jurisdiction="RS",
    )
    reading = reader.read(article)
    assert types_and_towns(reading) == [("weapons_seizure", "Sombor"), ("weapons_seizure", "Apatin")]
    first, second = (mention.seizure for mention in reading.mentions)
    assert first is not None
    assert second is not None
    assert (first.firearms, first.rounds, second.firearms, second.explosives) == (1, 120, 2, 1)


def test_two_paragraphs_that_name_one_town_give_two_mentions(reader: Reader, make_article: MakeArticle) -> None:
    article = make_article(
        title="Novi Sad: dve istrage",
        text="Policija je juče u Novom Sadu imala dva uviđaja.\n"
        "Na Telepu je oko četiri ujutru na praznom placu eksplodirala naprava nepoznate vrste. Povređenih nema.\n"
        "Na Klisi je kasnije kod muškarca (44) pronađena lovačka puška bez dozvole i 38 patrona. On je uhapšen.",
        jurisdiction="RS",
    )
    assert types_and_towns(reader.read(article)) == [
        ("undetermined_explosion", "Novi Sad"),
        ("weapons_seizure", "Novi Sad"),
    ]


def test_a_suspect_from_elsewhere_begins_no_incident(reader: Reader, make_article: MakeArticle) -> None:
    article = make_article(
        title="Ranjen u Čačku",
        text="U Čačku je sinoć iz pištolja ranjen muškarac (34). U Kraljevu je jutros uhapšen osumnjičeni (29) iz "
        "Kragujevca, kod koga je nađen pištolj iz kojeg je pucano.",
        jurisdiction="RS",
    )
    assert len(reader.read(article).mentions) == 1


def test_a_heading_belongs_to_the_paragraph_behind_it() -> None:
    text = "Rastet e ditës janë këto.\nTë shtëna me armë\nNë Vushtrri u dëgjuan të shtëna.\n\nVjedhje\nNjë biçikletë."
    found = [" ".join(paragraph.text.split()) for paragraph in paragraphs(parsed("sq", "Titulli", text))]
    assert found == [
        "Rastet e ditës janë këto.",
        "Të shtëna me armë Në Vushtrri u dëgjuan të shtëna.",
        "Vjedhje Një biçikletë.",
    ]


class SaysAnything(LinearJudge):
    """The linear heads but for what tells items apart: that is said in turn of what is given."""

    def __init__(self, said: Iterable[float]) -> None:
        super().__init__(shipped_model().heads)
        self._of_items = itertools.cycle(said)

    def of_part(self, question: str, part: Span) -> Shares:
        return {"yes": 1.0} if question == "several" else super().of_part(question, part)

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:
        return (
            {"yes": next(self._of_items)} if question == "item" else super().of_stretch(question, part, found, features)
        )


LINES = st.sampled_from(
    [
        "U Čačku je pucano.",
        "U Nišu je nađena puška. U Boru bomba!",
        "Hapšenja",
        "",
        "•",
        "A. B. (34) iz Užica. Kraj",
        " ",
    ]
)


@given(st.lists(LINES, max_size=8).map("\n".join), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_whatever_the_judge_says_the_parts_are_the_article_in_order(text: str, said: list[float]) -> None:
    doc = parsed("hbs", "Hronika", text)
    found = parts(doc, SaysAnything(said))
    assert found[0].start == 0 or len(found) > 1
    assert found[-1].end == len(doc)
    for part, following in itertools.pairwise(found):
        assert part.start < part.end == following.start
    sentences = {start for start, _ in layout_of(doc).sentences}
    assert {part.start for part in found} <= sentences
