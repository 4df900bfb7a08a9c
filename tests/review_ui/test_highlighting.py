from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codebook.records import Evidence
from languages.canonical import canonical
from review_ui.highlighting import latin_pieces, pieces

LETTERS = st.text(st.sampled_from("abčć đЉњаж\u0301\u030c\u00ad👩\u200d<>&\n"), max_size=40)
FIELDS = st.sampled_from(["place", "weapons", "victims[0].sex", "victims[1]", "seizure.rounds"])
EVIDENCE = st.lists(
    st.builds(Evidence, field=FIELDS, part=st.just("text"), start=st.integers(0, 45), end=st.integers(0, 45)),
    max_size=6,
)


@given(LETTERS, EVIDENCE)
def test_the_pieces_are_the_text_and_each_character_has_its_fields(text: str, evidence: list[Evidence]) -> None:
    cut = pieces(text, evidence)
    assert "".join(piece.text for piece in cut) == text
    position = 0
    for piece in cut:
        for at in range(position, position + len(piece.text)):
            assert set(piece.fields) == {e.field for e in evidence if e.start <= at < e.end <= len(text)}
        position += len(piece.text)


@given(LETTERS, EVIDENCE)
def test_the_latin_pieces_are_the_latin_text(text: str, evidence: list[Evidence]) -> None:
    assert "".join(piece.text for piece in latin_pieces(text, evidence, "hbs")) == canonical(text, "hbs").text


def test_a_digraph_is_lit_as_a_whole() -> None:
    cut = latin_pieces("Његош", [Evidence(field="place", part="text", start=0, end=1)], "hbs")
    assert [(piece.text, piece.group) for piece in cut] == [("Nj", "place"), ("egoš", "")]
