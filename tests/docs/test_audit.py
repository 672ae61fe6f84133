"""The page of the audit log names every action, and nothing else."""

from __future__ import annotations

import re

from holoscope.access.audit.actions import Action
from support.pages import ROOT

PAGE = ROOT / "docs/reference/audit-log.md"


def test_every_action_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## Actions")[2].partition("\n## ")[0]
    explained = dict(re.findall(r"^\| `([A-Z_]+)` \| (.{8,}) \|$", text, re.MULTILINE))
    assert list(explained) == [action.value for action in Action]


def test_every_action_of_the_audit_log_has_words_on_the_page_of_settings() -> None:
    text = (ROOT / "web/src/text/settings/audit.ts").read_text(encoding="utf-8")
    named = re.findall(r"^  ([A-Z_]+): ", text.partition("export const actions")[2], re.MULTILINE)
    assert set(named) == set(Action)
