"""Findings about a model as lines, as JSON and as SARIF 2.1.0 (docs/reference/command-line.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic, Severity
from holoscope.modelstore.validation import fix_wire

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_PAGE = "docs/reference/diagnostics.md"
_SECTION = re.compile(r"^## (.+)$|^\| `(\w+)` \| (\w+) \| (.+) \|$", re.MULTILINE)

Paths = Mapping[str, str]
"""Where the file of a key lies."""


def as_text(found: Sequence[Diagnostic], paths: Paths) -> str:
    """Write `file:line:column: severity: message [code]`, the suggestion indented below."""
    lines = []
    for item in found:
        at = item.position
        place = f"{paths.get(at.file, at.file)}:{at.line}:{at.column}"
        lines.append(f"{place}: {item.severity}: {_one_line(item.message)} [{item.code}]")
        if item.fix:
            lines.append(f"    {_one_line(item.fix)}")
    return "".join(f"{line}\n" for line in lines)


def as_json(found: Sequence[Diagnostic], paths: Paths) -> str:
    """Write one object: how many there are of each severity, and all findings."""
    errors = sum(item.severity is Severity.ERROR for item in found)
    document = {
        "version": 1,
        "errors": errors,
        "warnings": len(found) - errors,
        "findings": [_finding(item, paths) for item in found],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_sarif(found: Sequence[Diagnostic], paths: Paths) -> str:
    """Write a SARIF 2.1.0 log with one run; every code that occurs is a rule with its explanation."""
    codes = sorted({item.code for item in found})
    rules = [_rule(code, _explained().get(code)) for code in codes]
    results = [_result(item, codes.index(item.code), paths) for item in found]
    driver = {"name": "holoscope", "version": version("holoscope"), "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    document = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(item: Diagnostic, paths: Paths) -> dict[str, Any]:
    at = item.position
    return {
        "code": item.code,
        "severity": item.severity,
        "message": item.message,
        "fix": item.fix,
        "file": paths.get(at.file, at.file),
        "line": at.line,
        "column": at.column,
        "yaml_path": item.yaml_path,
        "auto_fix": None if item.auto_fix is None else fix_wire(item.auto_fix),
    }


def _rule(code: str, explained: tuple[str, str, str] | None) -> dict[str, Any]:
    name = code.replace("_", " ").capitalize()
    section, level, text = explained or ("", "error", f"{name}.")
    anchor = re.sub(r"[^\w-]", "", section.lower().replace(" ", "-"))
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in code.split("_")),
        "shortDescription": {"text": name},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} See {_PAGE}.", "markdown": f"{text} See [{_PAGE}]({_PAGE}#{anchor})."},
        "defaultConfiguration": {"level": level},
    }


def _result(item: Diagnostic, rule: int, paths: Paths) -> dict[str, Any]:
    at = item.position
    message = item.message if item.fix is None else f"{item.message} {item.fix}"
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(Path(paths.get(at.file, at.file)).as_posix())},
            "region": {"startLine": at.line, "startColumn": at.column},
        },
        "logicalLocations": [{"fullyQualifiedName": item.yaml_path}],
    }
    return {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": item.severity,
        "message": {"text": message},
        "locations": [location],
    }


def _explained() -> dict[str, tuple[str, str, str]]:
    """Return section, level and text of each code from the reference page, wherever it is installed."""
    here = Path(__file__).resolve()
    page = next(
        (root / _PAGE for root in (here.parents[1], here.parents[3]) if (root / _PAGE).is_file()), None
    )
    found: dict[str, tuple[str, str, str]] = {}
    section = ""
    for heading, code, level, text in _SECTION.findall(page.read_text(encoding="utf-8") if page else ""):
        section = heading or section
        if code in set(Code):
            found[code] = (section, level, text.replace("\\|", "|"))
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
