"""The model card: what the shipped model is, what it was trained on, how well it reads, what it is not for.

Run as `python -m classifiers.evaluation.card` after a change of the code that reads; `avmp train` writes it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from classifiers.encoder.encoder import FILES, FOLDER, shipped_encoder
from classifiers.evaluation.ordinary import Noting
from classifiers.evaluation.reliability import Judged, picture
from classifiers.evaluation.scores import Rate, Scores, Table, evaluate, in_words
from classifiers.labelled import LabelledArticle, load
from classifiers.linear import shipped_model
from classifiers.reader import Reader, default_reader, linear_reader
from classifiers.training import CORPUS, MODEL, TRAINING_FILES, corpus

ROOT = Path(__file__).parents[2]
CARD = MODEL.with_name("README.md")
PICTURE = ROOT / "docs" / "pictures" / "reliability.svg"
BOTH, LINEAR = "both stages", "encoder off"
_BY_LANGUAGE = ("relevance_recall", "type", "place", "date")
_BY_SEX = ("relevance_recall", "type", "killed", "injured")

_HEAD = """\
# Model card

Written by `avmp train` and by `python -m classifiers.evaluation.card`, never by hand.

## What it is

A reader of news articles in Albanian, Bosnian, Croatian, Montenegrin, Serbian, Macedonian, Romanian, Russian and
English: does an article tell a firearm incident of the seven jurisdictions, and what does it say of it. Two stages
answer the same questions (`classifiers/questions.py`):

- **Linear heads** over words, their beginnings and pairs of them read every article that the gate lets through.
- **An encoder**, multilingual-e5-small (MIT), fine-tuned with joint heads for whole articles, stretches of text and
  words: 12 layers, 384 wide, its vocabulary trimmed to the {pieces:,} pieces the region's news needs, 8-bit ONNX
  weights. It reads what the linear heads give a probability of {ask_from} or more.

Both are the project's own work under its licence; the encoder's base weights are under the MIT licence.
"""

_USE = """\
## What it is for

To propose incidents to a monitor, who sees the words each value rests on and approves, corrects or rejects. Switch the
encoder off (`encoder = false`) where its memory or time is missing; the figures below say what that costs.

## What it must not be used for

- To record, publish or count incidents that no person has looked at.
- To decide anything about a person named in an article, or to search for persons.
- To compare outlets, languages or jurisdictions by how many articles it lets through: it reads some better than others.
- On other texts than news: judgments, messages and posts are none of what it has seen.

## Limits

- It was trained on articles in the project's own words, most of them about weapons, more than half of them relevant: on
  an ordinary day far fewer are.
- The encoder sees the first 512 pieces of an article or item, some 300 words; the linear heads see all.
- Thin in the corpus: Russian, English, Croatian, Montenegrin in Cyrillic, and the types `other` and
  `shooting_at_animals`.
- Errors of the labels are errors of the model: a careful reader under the same rules agrees with 93 types in 100.
- Probabilities are calibrated on a fifth of the training events, not on a day's news.
"""


def facts() -> str:
    """The card up to its figures: what needs no reading of articles."""
    encoder = shipped_encoder()
    about = encoder.about
    head = _HEAD.format(pieces=encoder.tokenizer.get_vocab_size(), ask_from=about["ask_from"])
    return "\n".join([head, _files(), _training(about), _USE])


def _files() -> str:
    files = [MODEL, *(FOLDER / name for name in FILES)]
    rows = [f"| `{f.relative_to(CARD.parent)}` | {f.stat().st_size:,} | `{_hash(f)}` |" for f in files]
    total = sum(file.stat().st_size for file in files)
    return "\n".join(["| file | bytes | SHA-256 |", "| --- | --- | --- |", *rows, f"| together | {total:,} | |", ""])


def _training(about: Mapping[str, Any]) -> str:
    rows = []
    for name in TRAINING_FILES:
        articles = load(CORPUS / name)
        relevant = sum(article.relevant for article in articles)
        rows.append(f"| `{name}` | {len(articles):,} | {relevant:,} | `{_hash(CORPUS / name)}` |")
    digest = corpus()[1]
    fitted_to = {"linear heads": shipped_model().about["corpus"], "encoder": about["corpus"]}
    older = [stage for stage, seen in fitted_to.items() if seen != digest]
    if "onto" in about and "encoder" not in older:  # it has seen what it was taught, and the others as they were then
        older.append("encoder")
    state = (
        f"The {' and the '.join(older)} saw an earlier state of them." if older else "Both stages saw them as they are."
    )
    return "\n".join(
        [
            "## Trained on",
            "",
            "| file of [the corpus](../corpus/README.md) | articles | relevant | SHA-256 |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            f"{state} The encoder: {_fit(about)}.",
            "",
            f"An article is let through from a probability of {about['threshold']} of both",
            f"stages together, {shipped_model().about['threshold']} of the linear heads alone.",
            "",
        ]
    )


def _fit(about: Mapping[str, Any]) -> str:
    """How the encoder was fitted: from its base, what it was gone on with, and the questions added to it."""
    told = f"batches of {about['batch']}, rate {about['rate']}, seed {about['seed']}"
    if "onto" in about:
        new = ", ".join(f"`{prefix}`" for prefix in about["new"])
        taught = f"{about['epochs']} of new articles ({new}),\n{about['beside']:,} others beside them, {told}"
        told = f"{_fit(about['onto'])};\nthen {taught}"
        told += ", the mean of the weights\nbefore and after" if about.get("halfway") else ""
    else:
        told = f"{about['epochs']} epochs, {told}"
    added = ", ".join(f"`{question}`" for question in about.get("added", ()))
    return f"{told};\nthen a row of weights for each question it was never asked ({added})" if added else told


def _hash(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def figures(scores: Mapping[str, Scores]) -> str:
    """The figures of some readers side by side: of all, by language, by victims' sex."""
    first = next(iter(scores.values()))
    shown = " / ".join(scores)
    lines = [
        "## Figures",
        "",
        f"On {first.articles} articles that were not trained on, chosen to be hard (SHA-256 of the articles as read",
        f"`{first.corpus}`). Fields are counted where an incident",
        "was found; in brackets, over how many things.",
        "",
        *(f"- {name}: `{of_reader.reader}`" for name, of_reader in scores.items()),
        "",
        f"| figure | {' | '.join(scores)} |",
        f"| --- |{' --- |' * len(scores)}",
    ]
    for name in first.overall:
        cells = (_counted(in_words(name, of_reader.overall[name])[1]) for of_reader in scores.values())
        lines.append(f"| {in_words(name, first.overall[name])[0]} | {' | '.join(cells)} |")
    lines += ["", f"By language and by sex of the victims, {shown}:", ""]
    lines += _part("language", _BY_LANGUAGE, [of_reader.by_language for of_reader in scores.values()])
    lines += _part("victims", _BY_SEX, [of_reader.by_victim_sex for of_reader in scores.values()])
    return "\n".join(lines)


def _part(title: str, names: Sequence[str], parts: Sequence[Mapping[str, Table]]) -> list[str]:
    lines = [
        f"| {title} | incidents | {' | '.join(name.replace('_', ' ') for name in names)} |",
        f"| --- | --- |{' --- |' * len(names)}",
    ]
    for value, table in parts[0].items():
        cells = [" / ".join(_short(part[value][name]) for part in parts) for name in names]
        lines.append(f"| {value} | {table['incidents_found'].n} | {' | '.join(cells)} |")
    return [*lines, ""]


def _counted(rate: Rate) -> str:
    return f"{rate.value:.3f} ({rate.n})" if rate.n else "–"


def _short(rate: Rate) -> str:
    return f"{rate.value:.2f}" if rate.n else "–"


def measured(
    articles: Sequence[LabelledArticle], readers: Mapping[str, Reader]
) -> tuple[dict[str, Scores], dict[str, list[Judged]]]:
    """What each reader reaches, and the probability it gives each article beside the truth."""
    scores, judged = {}, {}
    for name, reader in readers.items():
        noting = Noting(reader)
        scores[name] = evaluate(articles, noting)
        judged[name] = [(r.relevance, a.relevant) for r, a in zip(noting.readings, articles, strict=True)]
    return scores, judged


_RELIABILITY = """\
## Reliability

![Of the articles of each tenth of the probability, the share that is relevant, with its 95 % interval and their
number; on the dashed line a probability means what it says](../../docs/pictures/reliability.svg)

The probabilities were fitted to training articles held out, of which fewer are relevant than of the articles measured
on: points above the line are to be expected here.
"""


def card(scores: Mapping[str, Scores]) -> str:
    """The whole card."""
    return "\n".join([facts(), figures(scores), _RELIABILITY])


def write() -> None:
    """Measure both ways to read on dev.jsonl, and write card and picture."""
    articles = list(load(CORPUS / "dev.jsonl"))
    scores, judged = measured(articles, {BOTH: default_reader(), LINEAR: linear_reader()})
    CARD.write_text(card(scores), encoding="utf-8")
    PICTURE.write_text(picture(judged), encoding="utf-8")


if __name__ == "__main__":
    write()
