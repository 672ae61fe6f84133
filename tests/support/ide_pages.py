"""What tests of the model editor do over and over: open a file, write in it, work on a branch of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from support.live import Live
from support.settings_pages import ask, press

if TYPE_CHECKING:
    from playwright.sync_api import Page


def open_file(
    page: Page, live: Live, file: str, *, branch_id: str | None = None, problems: bool = False
) -> None:
    """Open the editor at a file, by its address."""
    at = f"&branch={branch_id}" if branch_id else ""
    page.goto(f"/models/{live.model_id}/ide?file={file}{at}")
    page.get_by_label(f"Text of {file}").wait_for()
    if not problems:
        page.get_by_role("button", name="No problems").wait_for()


def make_branch(live: Live) -> tuple[str, str]:
    """Make a branch over the API and return its id and name."""
    status, found = ask(live, f"/api/v1/models?modelId={live.model_id}")
    assert status == 200
    name = f"try/{uuid4().hex[:8]}"
    body = {
        "modelKind": "BRANCH",
        "modelName": name,
        "baseModelId": live.model_id,
        "connectionId": found["records"][0]["connectionId"],
    }
    status, made = ask(live, "/api/v1/models", method="POST", body=body)
    assert status == 200, made
    return made["model"]["id"], name


def texts(live: Live, file: str, *, branch_id: str | None = None) -> dict[str, Any]:
    """Read a file over the API: its text, and the checksum to write upon."""
    at = f"&branchId={branch_id}" if branch_id else ""
    status, found = ask(
        live, f"/api/v1/models/{live.model_id}/yaml?fileName={file}&includeChecksums=true{at}"
    )
    assert status == 200
    return {"text": found["files"][file], "checksum": found["checksums"][file]}


def own_text(live: Live, file: str) -> str:
    """Read what the shared model itself holds of a file."""
    status, found = ask(live, f"/api/v1/models/{live.model_id}/yaml?fileName={file}&mode=extension")
    assert status == 200
    return str(found["files"][file])


def write(live: Live, file: str, text: str, *, branch_id: str | None = None, mode: str = "combined") -> None:
    """Write a file over the API, as somebody else would."""
    body = {"fileName": file, "yaml": text, "mode": mode, **({"branchId": branch_id} if branch_id else {})}
    status, said = ask(live, f"/api/v1/models/{live.model_id}/yaml", method="POST", body=body)
    assert status == 200, said


def at_end(page: Page, text: str) -> None:
    """Type at the end of the open file."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def middle_of(page: Page, word: str) -> tuple[float, float]:
    """Find where a word of the open file is on the screen."""
    found = page.evaluate(
        """word => {
            const content = document.querySelector(".cm-content");
            const walk = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const at = walk.currentNode.data.indexOf(word);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(walk.currentNode, at);
                range.setEnd(walk.currentNode, at + word.length);
                const box = range.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }
        }""",
        word,
    )
    return found[0], found[1]


def save(page: Page) -> None:
    """Save by the key, and wait until it is."""
    page.keyboard.press("Control+s")
    page.get_by_role("log").get_by_text("Saved ").first.wait_for()


__all__ = [
    "ask",
    "at_end",
    "make_branch",
    "middle_of",
    "open_file",
    "own_text",
    "press",
    "save",
    "texts",
    "write",
]
