"""The instruct stage: an instruction-following model reads what the local reading lets through or doubts.

Pure: the client that speaks to the model is handed in (`Client`). The model gets the labelling rules (`rules.md`) and
answers in a schema made from the code lists; a value whose quotation is not in the article is dropped, and any failure
leaves the local reading.
"""

from classifiers.instruct.prompt import Message, messages, schema
from classifiers.instruct.reader import AnswersReader, Client, InstructReader

__all__ = ["AnswersReader", "Client", "InstructReader", "Message", "messages", "schema"]
