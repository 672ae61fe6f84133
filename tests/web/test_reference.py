"""The API reference: what is listed, examples that run as they are copied, and a trial with a pasted key."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.browser import needs_browser, shoot, violations

pytestmark = needs_browser


def test_every_operation_is_listed_by_area_and_found_by_its_words(admin_page) -> None:
    page = admin_page
    page.goto("/api-reference")
    page.get_by_role("heading", name="API reference").wait_for()
    shoot(page, "reference")
    assert violations(page) == []
    page.get_by_label("Search operations").fill("yaml get")
    entry = page.get_by_role("navigation", name="Operations").get_by_role("link", name="Get Yaml")
    assert "beta" in entry.inner_text()
    entry.click()
    page.get_by_role("heading", name="Get Yaml").wait_for()
    shoot(page, "reference-operation")
    assert violations(page) == []


@pytest.mark.parametrize("operation", ["whoami", "modelsList", "connectionsList", "queryRun"])
def test_the_curl_example_runs_as_it_is_copied(admin_page, shop_server, operation: str) -> None:
    page = admin_page
    page.goto(f"/api-reference/{operation}")
    script = page.get_by_role("tabpanel", name="curl").locator("pre").inner_text()
    assert shop_server.base_url in script
    environment = {
        "PATH": "/usr/bin:/bin",
        "OMNI_API_KEY": shop_server.api_key,
        "OMNI_MODEL_ID": shop_server.model_id,
        "CURL_CA_BUNDLE": shop_server.ca_file,
    }
    script = script.replace("curl ", "curl --silent --show-error --fail ", 1)
    shell = ["sh", "-c", script]
    done = subprocess.run(shell, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("operation", ["whoami", "modelsList", "queryRun", "signInMethods", "scimGroupsList"])
def test_the_python_example_runs_as_it_is_copied(admin_page, shop_server, operation: str) -> None:
    page = admin_page
    page.goto(f"/api-reference/{operation}")
    page.get_by_role("tab", name="Python SDK").click()
    program = page.get_by_role("tabpanel", name="Python SDK").locator("pre").inner_text()
    environment = {
        "OMNI_API_KEY": shop_server.api_key,
        "OMNI_MODEL_ID": shop_server.model_id,
        "REQUESTS_CA_BUNDLE": shop_server.ca_file,
    }
    given = [sys.executable, "-c", program]
    done = subprocess.run(given, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "Failed" not in done.stdout, done.stdout


def test_a_call_is_tried_with_a_pasted_key_that_nothing_keeps(admin_page, shop_server) -> None:
    page = admin_page
    page.goto("/api-reference/modelsList")
    page.get_by_label("API key").fill(shop_server.api_key)
    page.get_by_role("button", name="Send").click()
    answer = page.get_by_role("region", name="Answer")
    answer.get_by_text("200").first.wait_for()
    assert shop_server.model_id in answer.inner_text()
    shoot(page, "reference-trial")
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert shop_server.api_key not in kept + page.url
    page.reload()
    assert page.get_by_label("API key").input_value() == ""


def test_the_pasted_key_counts_and_not_the_session(admin_page) -> None:
    page = admin_page
    page.goto("/api-reference/modelsList")
    page.get_by_label("API key").fill("wrong")
    page.get_by_role("button", name="Send").click()
    assert "403" in page.get_by_role("region", name="Answer").inner_text()


@pytest.mark.parametrize(("guide", "says"), [("errors", "last_administrator"), ("limits", "Retry-After")])
def test_errors_and_limits_have_pages(admin_page, guide: str, says: str) -> None:
    page = admin_page
    page.goto(f"/api-reference/{guide}")
    page.get_by_text(says).first.wait_for()
    shoot(page, f"reference-{guide}")
    assert violations(page) == []
