"""Links lead somewhere: to a file that exists and, where they name one, to a heading in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.pages import ROOT, links, pages


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    broken = []
    for target in links(page):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        inside = file == ROOT or ROOT in file.parents
        if not inside or not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_papers_of_the_house_are_there() -> None:
    for name in ("README.md", "LICENSE", "CONTRIBUTING.md", "SECURITY.md", "ROADMAP.md", "changes/README.md"):
        assert (ROOT / name).stat().st_size > 200


def test_every_decision_is_in_the_list_and_has_its_parts() -> None:
    folder = ROOT / "docs/decisions"
    listing = (folder / "README.md").read_text(encoding="utf-8")
    for record in folder.glob("0*.md"):
        text = record.read_text(encoding="utf-8")
        assert f"]({record.name})" in listing, f"{record.name} is not listed in docs/decisions/README.md"
        for part in ("Context", "Decision", "Consequences", "Alternatives"):
            assert re.search(rf"^(## {part}$|\*\*{part}\b)", text, re.MULTILINE), (
                f"{record.name} lacks {part!r}"
            )


def test_code_named_in_a_decision_exists() -> None:
    for record in (ROOT / "docs/decisions").glob("0*.md"):
        for name in re.findall(
            r"`((?:src|tests|docs|contract)/[^`*<]+)`", record.read_text(encoding="utf-8")
        ):
            assert (ROOT / name).exists(), f"{record.name} names {name}"
