"""The encoder stage: a multilingual encoder, fine-tuned on the corpus, judges what the linear stage lets through."""
