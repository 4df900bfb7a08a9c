"""Whether the probabilities of relevance can be believed: what share of the articles of each tenth is relevant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

import altair as alt

BINS = 10
_SIZE = 300
_TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1]
_NEARLY_SURE = 1.96
"""Standard errors to either side that hold the true share 95 times in 100."""

Judged = tuple[float, bool]
"""The probability that was read of an article, and whether it is relevant."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The articles of one tenth of the probabilities: how many, the mean probability, the share relevant, and the
    bounds that share has with 95 % certainty (Wilson's interval)."""

    tenth: int
    articles: int
    probability: float
    share: float
    least: float
    most: float


def bins(judged: Iterable[Judged]) -> list[Bin]:
    """The tenths that hold an article, from the lowest."""
    by_tenth: dict[int, list[Judged]] = {}
    for probability, relevant in judged:
        by_tenth.setdefault(min(int(probability * BINS), BINS - 1), []).append((probability, relevant))
    return [_bin(tenth, found) for tenth, found in sorted(by_tenth.items())]


def _bin(tenth: int, found: Sequence[Judged]) -> Bin:
    number = len(found)
    share = sum(relevant for _, relevant in found) / number
    spread = _NEARLY_SURE**2 / number
    middle = (share + spread / 2) / (1 + spread)
    reach = _NEARLY_SURE * (share * (1 - share) / number + spread / number / 4) ** 0.5 / (1 + spread)
    mean = sum(probability for probability, _ in found) / number
    return Bin(tenth, number, mean, share, max(middle - reach, 0.0), min(middle + reach, 1.0))


def picture(judged: Mapping[str, Sequence[Judged]]) -> str:
    """The reliability plots of some readers side by side, as SVG, each under the reader's name."""
    plots = [_plot(title, bins(of_reader)) for title, of_reader in judged.items()]
    chart = alt.hconcat(*plots, spacing=40, background="white").configure_view(stroke="#cccccc")
    file = StringIO()
    chart.configure_axis(labelFontSize=12, titleFontSize=13, grid=False).save(file, format="svg")
    return file.getvalue()


def _plot(title: str, found: Sequence[Bin]) -> alt.LayerChart | alt.FacetChart:
    rows = [
        {"said": b.probability, "is": b.share, "least": b.least, "most": b.most, "articles": b.articles} for b in found
    ]
    ticks = alt.Axis(values=_TICKS, format=".1f")
    said = alt.X("said:Q", title="probability read", scale=alt.Scale(domain=[-0.04, 1.04], nice=False), axis=ticks)
    share = alt.Y("is:Q", title="share relevant", scale=alt.Scale(domain=[-0.04, 1.12], nice=False), axis=ticks)
    points = alt.Chart(alt.InlineData(values=rows)).encode(x=said)
    believed = alt.Chart(alt.InlineData(values=[{"said": 0, "is": 0}, {"said": 1, "is": 1}])).encode(x=said, y=share)
    return alt.layer(
        believed.mark_line(color="#999999", strokeDash=[4, 4], strokeWidth=1),
        points.mark_rule(color="#9ab8d9", strokeWidth=2).encode(y="least:Q", y2="most:Q"),
        points.mark_circle(color="#1f4e79", size=70, opacity=1).encode(y=share),
        points.mark_text(dy=-8, baseline="bottom", fontSize=11, color="#333333").encode(y="most:Q", text="articles:Q"),
    ).properties(width=_SIZE, height=_SIZE, title=alt.TitleParams(title, fontSize=14))
