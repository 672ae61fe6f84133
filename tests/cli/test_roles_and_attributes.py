"""`holoscope attributes` and `holoscope roles`, beside a running server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.live import Live, live_server, run_holoscope

VIC = "analyst-west@shop.example"


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with live_server() as live:
        yield live


def run(live: Live, *given: str) -> tuple[int, str, str]:
    done = run_holoscope(*given, "--data-dir", live.folder)
    return done.returncode, done.stdout, done.stderr


def test_an_attribute_s_way_in_and_out(live: Live) -> None:
    code, said, _ = run(
        live, "attributes", "define", "cost_center", "--value-type", "Number", "--default", "7"
    )
    assert (code, "set-attribute EMAIL cost_center" in said) == (0, True)
    listed = run(live, "attributes", "list")[1]
    assert "Cost Center" in listed
    assert "region" in listed
    assert run(live, "users", "set-attribute", VIC, "cost_center", "12")[0] == 0
    code, _, said = run(live, "attributes", "define", "cost_center", "--default", "none")
    assert code == 0, said
    assert run(live, "attributes", "delete", "cost_center")[0] == 0
    assert "cost_center" not in run(live, "attributes", "list")[1]
    code, _, said = run(live, "attributes", "delete", "cost_center")
    assert (code, "No attribute is called cost_center" in said) == (1, True)


def test_mistakes_about_attributes_are_sentences(live: Live) -> None:
    for given, text in (
        (("omni_user_id",), "reserved"),
        (("a b",), "is no name for an attribute"),
        (("x", "--value-type", "Number", "--default", "many"), "is not a number"),
        (("x", "--default", "a", "--default", "b"), "takes a single value"),
    ):
        code, _, said = run(live, "attributes", "define", *given)
        assert code != 0
        assert text in said
        assert "Traceback" not in said


def test_a_custom_role_s_way_in_and_out(live: Live) -> None:
    code, said, _ = run(live, "roles", "define", "No SQL", "--base", "QUERIER", "--without", "query_sql")
    assert (code, "QUERY_SQL" in said) == (0, False)
    assert "No SQL" in run(live, "roles", "list")[1]
    code, said, _ = run(live, "roles", "give", "no sql", "--to", VIC, "--model", live.model_id)
    assert (code, said.strip()) == (0, f"{VIC} has No SQL there now.")
    code, _, said = run(live, "roles", "delete", "No SQL")
    assert (code, "is given by 1 assignment" in said) == (1, True)
    run(live, "roles", "give", "VIEWER", "--to", VIC, "--model", live.model_id)
    assert run(live, "roles", "delete", "No SQL")[0] == 0


def test_mistakes_about_roles_are_sentences(live: Live) -> None:
    unknown = "0b8a0000-0000-4000-8000-000000000000"
    for given, text in (
        (("define", "querier", "--base", "VIEWER"), "is the name of a tier"),
        (("define", "x", "--base", "OWNER"), "Invalid role"),
        (("define", "x", "--base", "MODELER", "--without", "QUERY_SQL"), "switch off UPDATE too"),
        (("give", "OWNER", "--to", VIC, "--model", live.model_id), "Invalid role"),
        (
            ("give", "VIEWER", "--to", "nobody", "--model", live.model_id),
            "Neither an active member nor a group",
        ),
        (("give", "VIEWER", "--to", VIC, "--model", unknown), "does not exist"),
        (("give", "VIEWER", "--to", VIC), "either --model or --connection"),
    ):
        code, _, said = run(live, "roles", *given)
        assert code != 0
        assert text in said
        assert "Traceback" not in said
