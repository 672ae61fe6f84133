"""Saving beside others, and reading without the right to change."""

from __future__ import annotations

import pytest

from support.browser import needs_browser, open_page, shoot, sign_in, violations
from support.ide_pages import ask, at_end, make_branch, open_file, press, texts, write
from support.settings_pages import HOSTILE, join, look_at

pytestmark = needs_browser
FILE = "supply.topic"


@pytest.fixture
def stale(admin_page, shop_server):
    """The editor with a line of mine, and a saved line of somebody else's."""
    page, live = admin_page, shop_server
    branch_id, _ = make_branch(live)
    open_file(page, live, FILE, branch_id=branch_id)
    at_end(page, "ai_context: mine\n")
    theirs = texts(live, FILE, branch_id=branch_id)["text"].replace("label: Supply", "label: Theirs")
    write(live, FILE, theirs, branch_id=branch_id)
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_text("was saved by somebody else").wait_for()
    return page, branch_id


def test_a_stale_file_is_settled_by_hand_and_nothing_is_lost(stale, shop_server) -> None:
    page, branch_id = stale
    dialog = page.get_by_role("dialog")
    assert "label: Theirs" in dialog.locator(".cm-merge-a").inner_text()
    assert "ai_context: mine" in dialog.locator(".cm-merge-b").inner_text()
    look_at(page, "ide-conflict")
    dialog.get_by_role("button", name="Take this part of theirs").first.click()
    press(page, "Save the right side")
    dialog.wait_for(state="detached")
    text = texts(shop_server, FILE, branch_id=branch_id)["text"]
    assert "label: Theirs" in text
    assert "ai_context: mine" in text


def test_a_stale_file_keeps_what_is_typed_until_one_chooses(stale, shop_server) -> None:
    page, branch_id = stale
    press(page, "Cancel")
    assert "ai_context: mine" in page.locator(".cm-content").inner_text()
    page.keyboard.press("Control+s")
    press(page, "Take theirs")
    page.get_by_role("dialog").wait_for(state="detached")
    page.locator(".cm-content").get_by_text("Theirs").wait_for()
    assert "ai_context: mine" not in page.locator(".cm-content").inner_text()
    assert "mine" not in texts(shop_server, FILE, branch_id=branch_id)["text"]


def member_with(live, role: str) -> tuple[str, str]:
    email, password = join(live, "Mo Member")
    status, found = ask(live, f"/api/v1/users?search={email}")
    assert status == 200
    body = {"roleName": role, "modelId": live.model_id}
    status, said = ask(
        live, f"/api/v1/users/{found['records'][0]['id']}/model-roles", method="POST", body=body
    )
    assert status == 200, said
    return email, password


@pytest.mark.parametrize(
    ("role", "sentence"),
    [("QUERIER", "Read only: your role is Querier"), ("VIEWER", "You may not read the files")],
)
def test_who_may_not_change_a_model_reads_why(browser, shop_server, role: str, sentence: str) -> None:
    with open_page(browser, shop_server) as page:
        sign_in(page, *member_with(shop_server, role))
        page.goto(f"/models/{shop_server.model_id}/ide?file={FILE}")
        page.get_by_text(sentence).wait_for()
        assert page.get_by_role("button", name="Save", exact=True).count() == 0
        if role == "QUERIER":
            before = page.get_by_label(f"Text of {FILE}").inner_text()
            page.get_by_label(f"Text of {FILE}").click()
            page.keyboard.type("x")
            assert page.get_by_label(f"Text of {FILE}").inner_text() == before
        shoot(page, f"ide-{role.lower()}")
        assert violations(page) == []


def test_hostile_words_of_a_model_are_shown_as_text(admin_page, shop_server) -> None:
    page, live = admin_page, shop_server
    branch_id, _ = make_branch(live)
    quoted = HOSTILE.replace("'", "''")
    write(
        live, FILE, f"base_view: distribution_centers\nlabel: '{quoted}'\njoins: {{}}\n", branch_id=branch_id
    )
    open_file(page, live, FILE, branch_id=branch_id)
    press(page, "Try a query")
    page.get_by_label("Topic", exact=True).get_by_text("onerror").wait_for(state="attached")
    at_end(page, f"{quoted}: 1\n")
    page.get_by_role("button", name="error").click()
    page.get_by_role("region", name="Problems").get_by_text("onerror").first.wait_for()
    page.locator(".cm-content").press("Escape")
    look_at(page, "ide-hostile")
    assert page.title() != "taken"
