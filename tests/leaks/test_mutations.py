"""What the proof is worth: a server that leaks on purpose, one hole at a time, is found to leak.

Each mutation opens one hole in the running code, and the questions of `test_rows` must meet it. To name
another one, write a function that patches and add it to `MUTATIONS`. `MUTATION_WORLDS` says how many worlds
may be asked before a mutation counts as unseen.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp

from holoscope.http.asking import Asking
from holoscope.http.routers import model_files
from holoscope.query import build, planning, restrictions, view_rules
from holoscope.query.resolve import Resolver
from holoscope.query.scope import Permission, Scope
from holoscope.runs import compiling, statement
from holoscope.runs.registry import Job
from support.tenants.proof import ask_about

WORLDS = int(os.environ.get("MUTATION_WORLDS", "6"))
QUESTIONS = 75  # in each world, at most
FIRST = (1, 0)  # the worlds to begin with
Patch = pytest.MonkeyPatch


def rules_joined_by_or(patch: Patch) -> None:
    of_all = restrictions.row_rules

    def of_any(*about: Any) -> Any:
        found = of_all(*about)
        if len(found) < 2:
            return found
        read = frozenset[str]().union(*(views for _, views in found))
        return [(exp.Paren(this=exp.or_(*(rule for rule, _ in found), copy=False)), read)]

    patch.setattr(restrictions, "row_rules", of_any)
    patch.setattr(view_rules, "row_rules", of_any)


def rules_left_out(patch: Patch) -> None:
    patch.setattr(restrictions, "row_rules", lambda *about: [])


def views_without_rules(patch: Patch) -> None:
    patch.setattr(planning, "rules_of_views", lambda *about: [])


def _all_may(patch: Patch, what: Permission) -> None:
    def may(scope: Scope, permission: Permission) -> bool:
        return permission is what or permission in scope.permissions

    patch.setattr(Scope, "may", may)


def sql_shown_to_all(patch: Patch) -> None:
    _all_may(patch, Permission.VIEW_SQL)


def sql_written_by_all(patch: Patch) -> None:
    _all_may(patch, Permission.QUERY_SQL)


def bare_views_open_for_all(patch: Patch) -> None:
    patch.setattr(build, "choose_source", build.find_source)


def files_read_by_all(patch: Patch) -> None:
    class Anybody:
        def may(self, permission: Permission) -> bool:
            return True

    read = model_files.read_yaml

    def read_by_all(store: Any, *about: Any, **more: Any) -> Any:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(type(store), "scope_on", lambda *_: Anybody())
            return read(store, *about, **more)

    patch.setattr(model_files, "read_yaml", read_by_all)


def jobs_collected_by_all(patch: Patch) -> None:
    async def may_collect(asking: Asking, actor: Any, job: Job) -> bool:
        return True

    patch.setattr(Asking, "may_collect", may_collect)


def expressions_shared(patch: Patch) -> None:
    """What a field means for one asker is kept with the model for the next."""
    patch.setattr(Resolver, "for_this_query_alone", lambda resolver: None)


def compiled_queries_shared(patch: Patch) -> None:
    key = compiling._key
    patch.setattr(
        compiling,
        "_key",
        lambda request, model, scope, dialect: key(
            request, model, replace(scope, attributes={}, permissions=frozenset()), dialect
        ),
    )


def kept_results_shared(patch: Patch) -> None:
    """Results are found by their SQL without the values in it."""
    key = statement.cache_key
    patch.setattr(
        statement,
        "cache_key",
        lambda state, dialect, sql, most: key(state, dialect, re.sub(r"'(?:[^']|'')*'", "?", sql), most),
    )


def answers_derived_across_rules(patch: Patch) -> None:
    """Kept results answer narrower questions of people with other rules."""
    signed = build.sign

    def unruled(*about: Any) -> Any:
        found = signed(*about)
        return None if found is None else replace(found, rules=frozenset())

    patch.setattr(build, "sign", unruled)


MUTATIONS: tuple[Callable[[Patch], None], ...] = (
    rules_joined_by_or,
    rules_left_out,
    views_without_rules,
    sql_shown_to_all,
    sql_written_by_all,
    bare_views_open_for_all,
    files_read_by_all,
    jobs_collected_by_all,
    expressions_shared,
    compiled_queries_shared,
    kept_results_shared,
    answers_derived_across_rules,
)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_the_proof_finds_a_server_that_leaks(
    mutation: Callable[[Patch], None], tmp_path: Path, monkeypatch: Patch
) -> None:
    mutation(monkeypatch)
    seen: Counter[str] = Counter()
    for number in (*FIRST, *range(len(FIRST), WORLDS)):
        try:
            ask_about(f"mutation/{number}", tmp_path / str(number), QUESTIONS, seen)
        except AssertionError:
            return
    pytest.fail(f"{WORLDS} worlds and no leak was seen: {dict(seen)}", pytrace=False)


@pytest.mark.parametrize("number", FIRST)
def test_the_proof_finds_nothing_where_nothing_leaks(number: int, tmp_path: Path) -> None:
    ask_about(f"mutation/{number}", tmp_path / "world", QUESTIONS, Counter())
