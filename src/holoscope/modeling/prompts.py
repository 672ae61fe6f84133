"""Templates in text for language models: `ai_context` of models, topics, views and samples (digest §14.4).

They know who asks and which agent reads, and nothing of a query. What is no token of theirs stays as it
is written; a text whose sections do not close properly stays so as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from holoscope.kit.text import near
from holoscope.modeling.templates import Fault, Token, is_templated, read_template

_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_SECTIONS = {
    "omni_llm": ("smartest", "standard", "fastest"),
    "omni_agent": ("analyze", "build", "simple_summarize"),
}
_NAMES = tuple(f"{owner}.{word}" for owner, words in _SECTIONS.items() for word in words)
_AGENT_NAME = "omni_agent.name"
_ATTRIBUTE = re.compile(r"omni_attributes\s*\.\s*(\w+)\Z")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text, a token (`name` is what it stands for) or, with `body`, a section."""

    text: str
    name: str = ""
    inverted: bool = False
    body: tuple[_Piece, ...] | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text cut into pieces. `faults` are for warnings; they do not keep it from being rendered."""

    pieces: tuple[_Piece, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a text is rendered for: `llm` is one of smartest, standard, fastest; `agent` one of the agents."""

    attributes: Mapping[str, Sequence[str]]
    agent: str | None = None
    llm: str | None = None


def render_prompt(text: str | None, reader: Reader) -> str | None:
    """Fill a text in for its reader; an attribute that is not set is empty."""
    if text is None or not is_templated(text):
        return text
    return _render(read_prompt(text).pieces, reader)


def _render(pieces: tuple[_Piece, ...], reader: Reader) -> str:
    return "".join(_shown(piece, reader) for piece in pieces)


def _shown(piece: _Piece, reader: Reader) -> str:
    if piece.body is not None:
        owner, _, word = piece.name.partition(".")
        holds = word == (reader.llm if owner == "omni_llm" else reader.agent)
        return _render(piece.body, reader) if holds != piece.inverted else ""
    if not piece.name:
        return piece.text
    if piece.name == _AGENT_NAME:
        return reader.agent or ""
    return ", ".join(reader.attributes.get(piece.name, ()))


@lru_cache(maxsize=1024)
def read_prompt(text: str) -> Prompt:
    """Cut a text into pieces. Never raises: what is wrong comes back as faults."""
    levels: list[list[_Piece]] = [[]]
    opened: list[tuple[str, bool, Fault]] = []
    faults: list[Fault] = []
    broken: list[Fault] = []
    at = 0
    for match in _BRACES.finditer(text):
        levels[-1].append(_Piece(text[at : match.start()]))
        at = match.end()
        words = match[1].strip()
        sign, name = words[:1], "".join(words[1:].split())
        if sign in ("#", "^") and name in _NAMES:
            problem = Fault(
                f'"{match[0]}" is not closed; the text stays as written.', match[0], match.start()
            )
            opened.append((name, sign == "^", problem))
            levels.append([])
        elif sign == "/" and name in _NAMES:
            if not opened or opened[-1][0] != name:
                broken.append(_unopened(match))
                break
            inverted = opened.pop()[1]
            body = tuple(levels.pop())
            levels[-1].append(_Piece("", name, inverted, body))
        else:
            piece, fault = _token(words, match)
            levels[-1].append(piece)
            faults += [fault] if fault else []
    broken += [problem for *_, problem in opened[:1] if not broken]
    if broken:
        return Prompt((_Piece(text),), (*faults, *broken))
    return Prompt((*levels[0], _Piece(text[at:])), tuple(faults))


def _unopened(match: re.Match[str]) -> Fault:
    message = f'"{match[0]}" closes a section that is not open here; the text stays as written.'
    return Fault(message, match[0], match.start())


def _token(words: str, match: re.Match[str]) -> tuple[_Piece, Fault | None]:
    attribute = _ATTRIBUTE.match(words)
    if attribute is not None:
        return _Piece("", attribute[1]), None
    if "".join(words.split()) == _AGENT_NAME:
        return _Piece("", _AGENT_NAME), None
    return _Piece(match[0]), _fault(words, match)


def _fault(words: str, match: re.Match[str]) -> Fault:
    sql = any(isinstance(part, Token) for part in read_template(match[0]).parts) or words.endswith(".filter")
    if sql:
        message = f'"{match[0]}" is a token of SQL; here it stays as it is written.'
        return Fault(message, match[0], match.start())
    known = (*_NAMES, _AGENT_NAME, "omni_attributes.name")
    hint = near(words.lstrip("#^/ "), known, limit=1)
    message = f'"{match[0]}" is no token of ai_context; it stays as it is written.'
    return Fault(message, match[0], match.start(), f"Did you mean {hint[0]}?" if hint else None)
