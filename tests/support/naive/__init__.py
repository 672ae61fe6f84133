"""The second opinion: a slow evaluator of queries in plain Python.

It reads the typed model, the wire body and the rows, and answers by nested loops, dictionaries and
`Decimal`. It shares no code with the compiler beyond the typed values of `modeling`: its own expression
reader, its own date literals, its own filters. Whatever the two disagree on is a bug in one of them.
"""

from support.naive.evaluate import evaluate
from support.naive.types import Answer, Refusal

__all__ = ["Answer", "Refusal", "evaluate"]
