"""Which pieces of the encoder's vocabulary of a hundred languages the region's news needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from simplemma.strategies.dictionaries import DefaultDictionaryFactory
from tokenizers import Tokenizer

from classifiers.encoder.base import SPECIAL
from classifiers.encoder.variants import variants
from classifiers.labelled import LabelledArticle
from languages.serbian_cyrillic import in_serbian_cyrillic

IN_ARTICLES = 3
"""Times a piece must occur in the training articles, in all their printings."""
IN_WORDS = {"sq": 5, "hbs": 15, "mk": 15, "ro": 15, "ru": 30, "en": 40}
"""Words of a language's dictionary that must hold a piece: what the articles at hand do not show, tomorrow's do. Fewer
where the dictionary is small, more where the language is seldom read."""
_BATCH = 50_000


def needed_pieces(tokenizer: Tokenizer, articles: Iterable[LabelledArticle]) -> list[int]:
    """The ids of the pieces that stay, of a tokenizer of the Unigram kind."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    kept = {piece for piece in range(tokenizer.get_vocab_size()) if _is_letter(tokenizer.id_to_token(piece))}
    printed = (f"{one.title}\n{one.text}" for labelled in articles for one in (labelled, *variants(labelled)))
    kept |= _frequent(tokenizer, printed, IN_ARTICLES)
    for lang, least in IN_WORDS.items():
        kept |= _frequent(tokenizer, _words(lang), least)
        if lang == "hbs":
            kept |= _frequent(tokenizer, map(in_serbian_cyrillic, _words(lang)), least)
    special = set(range(SPECIAL)) | {piece for piece, token in tokenizer.get_added_tokens_decoder().items() if token}
    return sorted(kept - special)


def _is_letter(piece: str | None) -> bool:
    """Whether a piece is one sign of our scripts, alone or after a space: what any word can be cut into."""
    sign = (piece or "").lstrip("▁")
    return piece is not None and (not sign or (len(sign) == 1 and (ord(sign) < 0x530 or 0x2000 <= ord(sign) < 0x2100)))


def _words(lang: str) -> list[str]:
    dictionary = DefaultDictionaryFactory().get_dictionary(lang)
    return [word.decode() if isinstance(word, bytes) else word for word in dictionary]


def _frequent(tokenizer: Tokenizer, texts: Iterable[str], least: int) -> set[int]:
    counts: Counter[int] = Counter()
    for batch in _batches(texts):
        for encoding in tokenizer.encode_batch(batch):
            counts.update(encoding.ids)
    return {piece for piece, count in counts.items() if count >= least}


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch
