"""A suicide has one victim and no perpetrator, whatever the words tell of them (LABELLING rule 11)."""

from __future__ import annotations

import pytest
from spacy.tokens import Span

from classifiers.judges import Judge, LinearJudge, Shares
from classifiers.linear import shipped_model
from classifiers.mentions import told
from classifiers.pipelines import Stretch, parsed


class NobodyCounted(LinearJudge):
    """The linear heads, sure of a suicide, of nobody among the victims and of a perpetrator."""

    def of_part(self, question: str, part: Span) -> Shares:
        sure = {"type": "suicide", "killed": "0", "injured": "0", "other victims": "0"}
        sure |= {"women": "0", "men": "0", "unmarked": "0", "perpetrators": "1"}
        return {sure[question]: 1.0} if question in sure else super().of_part(question, part)

    def words(self, field: str, part: Span) -> Stretch | None:
        return None


class OfFate(LinearJudge):
    """The linear heads, of a given opinion on whether somebody died."""

    def __init__(self, dead: float) -> None:
        super().__init__(shipped_model().heads)
        self._dead = dead

    def of_part(self, question: str, part: Span) -> Shares:
        if question == "type":
            return {"suicide": 1.0}
        return {"dead": self._dead, "alive": 1 - self._dead} if question == "fate" else super().of_part(question, part)


@pytest.mark.parametrize(("dead", "outcome"), [(0.99, "suicide"), (0.01, "suicide_attempt")])
def test_what_the_whole_tells_of_life_and_death_decides_with_the_stretches(dead: float, outcome: str) -> None:
    (incident,) = told(parsed("en", "", "A man (54) turned a pistol on himself in Skopje, police said."), OfFate(dead))
    (victim,) = incident.facts.victims
    assert (victim.outcome, victim.relation) == (outcome, "self")


@pytest.mark.parametrize(
    "text",
    ["Police are investigating a suicide with a pistol in Skopje.", "A man (54) shot himself with a pistol in Skopje."],
)
def test_a_suicide_has_one_victim_and_no_perpetrator(text: str) -> None:
    judge: Judge = NobodyCounted(shipped_model().heads)
    (incident,) = told(parsed("en", "", text), judge)
    (victim,) = incident.facts.victims
    assert (victim.outcome, victim.relation) == ("suicide", "self")
    assert incident.facts.perpetrators == ()
    assert any(evidence.field == "victims[0]" for evidence in incident.evidence)
