"""One question after another to a live server, each answer compared and every byte searched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any

import orjson
from openpyxl import load_workbook

from holoscope.query.scope import Permission
from support.answers import difference, same_row, visible
from support.naive import Answer
from support.tenants.canary import arrow_of, digests, markers_in
from support.tenants.live import Live, Person, csv_rows, job_of
from support.tenants.oracle import Expected, NoRowsError, Oracle
from support.tenants.questions import draw_question, draw_sql, narrowed
from support.tenants.world import DESK, SIDE, Table, draw_attributes

_DOORS = ["lines"] * 6 + ["csv", "xlsx", "json", "formatted", "plan", "object", "fresh", "wait"]
_UNNAIVE = (
    "secret", "initial", "badged", "level_sum", "inner_mean", "leading", "pivots", "calculations", "query_id",
    "transposed", "fill_fields", "omni_period_pivot", "pay_", "cost_",
)  # fmt: skip


@dataclass
class Inquiry:
    """Asks as random people through random doors; `seen` counts what happened."""

    live: Live
    oracle: Oracle
    random: Random
    seed: str
    seen: Counter[str]
    _asked: list[tuple[Person, str, dict[str, Any], bool]] = field(default_factory=list)
    _jobs: list[tuple[Person, str, dict[str, list[str]]]] = field(default_factory=list)
    _shown: list[set[str]] = field(default_factory=list)

    def ask(self) -> None:
        """Ask one question, perhaps one that was asked before by somebody else."""
        random, live = self.random, self.live
        self._let_things_happen()
        person = random.choice(live.people)
        kind = random.choice(["topic"] * 14 + ["sql", "sql", "sql", "bare", "bare", "catalogue"])
        if kind in ("sql", "bare") and random.random() < 0.8:
            person = random.choice([one for one in live.people if one.may(Permission.QUERY_SQL)])
        if kind == "catalogue":
            self._look_around(person)
        elif kind == "bare":
            self._ask_bare(person)
        elif kind == "sql":
            self._ask_sql(person)
        else:
            self._ask_topic(person)

    # -- what happens between questions -------------------------------------------------

    def _let_things_happen(self) -> None:
        random, live = self.random, self.live
        if random.random() < 0.15:
            person = random.choice(live.people)
            live.change(person, draw_attributes(random, live.world.tenants))
        if random.random() < 0.1:
            live.clock.move(timedelta(hours=random.choice([1, 7, 13])))

    # -- doors ---------------------------------------------------------------------------

    def _ask_topic(self, person: Person) -> None:
        random, world = self.random, self.live.world
        chance = random.random()
        if self._asked and chance < 0.35:  # what somebody else has asked
            _, name, query, branch = random.choice(self._asked[-8:])
        elif self._asked and chance < 0.6:  # what the same person has asked, or a part of it
            person, name, query, branch = random.choice(self._asked[-4:])
            if random.random() < 0.6:
                query = narrowed(random, query)
        else:
            branch = random.random() < 0.15
            name = random.choice([DESK, DESK, DESK, *world.topics])
            query = draw_question(random, world, world.topics_of(branch=branch)[name])
            self._asked.append((person, name, query, branch))
        self._ask_of(person, name, query, branch=branch)

    def ask_inner_sums(self) -> None:
        """Ask everybody for aggregates that come before the query's own: few random questions do."""
        for person in self.live.people:
            for first, beside in (("t0.level_sum", "t0.count"), ("t0.word", "t0.inner_mean")):
                query = {
                    "join_paths_from_topic_name": DESK,
                    "table": "t0",
                    "fields": [first, beside],
                    "sorts": [{"column_name": first}],
                }
                self._ask_of(person, DESK, query, branch=False, door="lines")

    def _ask_of(
        self, person: Person, name: str, query: dict[str, Any], *, branch: bool, door: str = ""
    ) -> None:
        world = self.live.world
        topic = world.topics_of(branch=branch)[name]
        asker = person.asker
        tables: Mapping[str, Table] | None
        try:
            tables = None
            if asker.is_insider or not topic.is_hidden:
                joined = self.oracle.joined_by(asker, query, self.live.clock.now, branch=branch)
                tables = self.oracle.tables(asker, topic, branch=branch, joined=joined)
        except NoRowsError:
            pass
        expected = Expected(why="no rows")
        if tables is not None:
            expected = self.oracle.answer(asker, query, tables, self.live.clock.now, branch=branch)
        naive = None
        is_plain = not any(word in json.dumps(query) for word in _UNNAIVE)
        if query.get("limit") and len(query.get("column_totals", ())) > 1:
            is_plain = False  # the limit holds for subtotals too, which the second opinion does not cut off
        if is_plain and not branch and name in (DESK, SIDE) and "2.0" not in asker.attributes["levels"]:
            naive = self.oracle.naive_answer(asker, query, self.live.clock.now)
        self._through_a_door(person, query, expected, tables or {}, branch=branch, naive=naive, door=door)

    def _ask_sql(self, person: Person) -> None:
        query = draw_sql(self.random, self.live.world)
        asker = person.asker
        tables: Mapping[str, Table] = {}
        expected = Expected(why="forbidden")
        if person.may(Permission.QUERY_SQL):
            try:
                tables = self.oracle.tables_behind_sql(asker)
                expected = self.oracle.answer(asker, query, tables, self.live.clock.now, branch=False)
            except NoRowsError:
                expected = Expected(why="no rows")
        self.seen["sql"] += 1
        self._through_a_door(person, query, expected, tables, branch=False, naive=None)

    def _ask_bare(self, person: Person) -> None:
        """Ask a view without a topic: its rows are those that some topic over it shows."""
        world, asker = self.live.world, person.asker
        query = {**draw_question(self.random, world, world.topics[DESK]), "join_paths_from_topic_name": ""}
        query["staticQueryReferences"] = {}
        query["filters"] = {k: v for k, v in query["filters"].items() if v.get("type") != "query"}
        tables: Mapping[str, Table] = {}
        expected = Expected(why="forbidden")
        if person.may(Permission.QUERY_FULL_MODEL):
            try:
                joined = self.oracle.joined_by(asker, query, self.live.clock.now, branch=False)
                tables = self.oracle.tables_behind_sql(asker, joined)
                expected = self.oracle.answer(asker, query, tables, self.live.clock.now, branch=False)
            except NoRowsError:
                expected = Expected(why="no rows")
        self.seen["bare"] += 1
        self._through_a_door(person, query, expected, tables, branch=False, naive=None)

    def _look_around(self, person: Person) -> None:
        """Read what the catalogue routes say."""
        world = self.live.world
        for path in ("topic", "view", *(f"topic/{name}" for name in world.topics), "yaml", "validate"):
            response = self.live.get(person, path)
            is_file = path in ("yaml", "validate")
            if is_file and person.may(Permission.QUERY_FULL_MODEL):
                continue  # whoever may read the model's files sees all that stands in them
            asked = path if response.status_code == 404 else ""
            self._search(response.content, self._may_see(person, {}), asked, path)
            assert not is_file or response.status_code == 403
        self.seen["catalogue"] += 1

    def _through_a_door(
        self,
        person: Person,
        query: dict[str, Any],
        expected: Expected,
        tables: Mapping[str, Table],
        *,
        branch: bool,
        naive: Any,
        door: str = "",
    ) -> None:
        random = self.random
        door = door or random.choice(_DOORS)
        envelope: dict[str, Any] = {}
        if door in ("csv", "xlsx", "json"):
            envelope = {"resultType": door}
        elif door == "formatted":
            envelope = {"resultType": "json", "formatResults": True}
        elif door == "plan":
            envelope = {"planOnly": True}
        elif door == "fresh":
            envelope = {"cache": "SkipCache"}
        if branch:
            envelope["branchId"] = self.live.branch_id
        through = random.choice(["", "", self.live.house.admin_key])
        response = self.live.ask(person, query, through=through, **envelope)
        what = f"{door} {json.dumps(query, ensure_ascii=False)} branch={branch}"
        allowed = self._may_see(person, tables)
        self._search(response.content, allowed, json.dumps(query), what)
        self._shown.append(allowed)
        assert response.status_code < 500, self._told(person, what, response.text)
        if not person.may(Permission.VIEW_SQL):
            assert b"SELECT" not in response.content.replace(json.dumps(query).encode(), b"") or (
                "userEditedSQL" in query
            ), self._told(person, what, response.text)
        if envelope.get("resultType"):
            self._compare_document(person, door, response, expected, what)
        else:
            self._compare_lines(person, door, response, expected, naive, what)
            if response.status_code == 200 and not person.asker.is_insider:
                self._check_what_is_hidden(query, job_of(response), what)
        self.seen[door] += 1
        if expected.is_refused:
            self.seen["refused"] += 1

    def _check_what_is_hidden(self, query: Mapping[str, Any], job: Mapping[str, Any], what: str) -> None:
        """Judge by the question alone what somebody without the grant got: no oracle shares our code here."""
        world, is_answered = self.live.world, job["status"] in ("COMPLETE", "PLANNED")
        hidden = {f"t0.{world.hidden_field}", f"t0.{world.hidden_measure}"}
        sorts = {sort["column_name"] for sort in query.get("sorts", ())}
        if hidden & (sorts | query.get("filters", {}).keys()):
            assert not is_answered or "userEditedSQL" in query, (self.seed, what, job)
        if is_answered:
            assert hidden & set(query["fields"]) <= set(job["summary"]["missing_fields"]), (self.seed, what)
        secrets = {row["secret"] for table in world.tables.values() for row in table.rows}
        guesses = [one for one in query.get("filters", {}).values() if not one.get("is_negative")]
        guessed = {str(value).removesuffix("!") for one in guesses for value in one.get("values", ())}
        if "result" in job and guessed & secrets:
            assert job["cache_metadata"]["num_rows"] == 0, (self.seed, what, job)
            self.seen["guessed"] += 1

    def _collect(self) -> None:
        """Wait for a job of late: as its asker, and as somebody else."""
        asker, job_id, then = self.random.choice(self._jobs[-5:])
        for person in self.live.people:
            data = self.live.wait(person.key, job_id).content
            is_there = b"Unable to find job" not in data
            assert is_there == (person is asker and person.attributes == then), (
                self.seed,
                job_id,
                data[:500],
            )

    # -- answers -------------------------------------------------------------------------

    def _compare_lines(
        self, person: Person, door: str, response: Any, expected: Expected, naive: Any, what: str
    ) -> None:
        if response.status_code != 200:
            assert expected.is_refused, self._told(person, what, response.text)
            return
        job = job_of(response)
        self._jobs.append((person, job["job_id"], dict(person.attributes)))
        if door == "wait":
            self._collect()
        if expected.is_refused:
            assert job["status"] == "ERROR", self._told(person, what, f"{expected.why}: {job}")
            return
        assert job["status"] != "ERROR", self._told(person, what, str(job))
        assert job["summary"]["missing_fields"] == list(expected.missing), self._told(person, what, str(job))
        if door == "plan":
            assert "result" not in job
            return
        if job["summary"]["cache_type"] != "MISS":
            self.seen["hit"] += 1
            self.seen[job["summary"]["cache_type"]] += 1
        table = arrow_of(job["result"])
        rows = [tuple(row.values()) for row in table.to_pylist()]
        assert tuple(table.column_names) == expected.names, self._told(person, what, str(job))
        self._same(person, expected.rows, rows, what)
        self.seen["rows"] += 1
        if rows:
            self.seen["some rows"] += 1
        if isinstance(naive, Answer):
            self.seen["naive"] += 1
            if naive.columns:
                found = difference(naive, table.column_names, table.to_pylist())
                assert found is None, self._told(person, what, found)

    def _compare_document(
        self, person: Person, door: str, response: Any, expected: Expected, what: str
    ) -> None:
        if expected.is_refused:
            assert response.status_code >= 400, self._told(person, what, response.text)
            return
        assert response.status_code == 200, self._told(person, what, response.text)
        if "pivots" in what or len(expected.names) == 1:
            return  # laid out wide, or with lines that may be blank: its bytes are searched
        count = len(expected.rows)
        if door == "csv":
            found = len(csv_rows(response.content)) - 1
        elif door == "xlsx":
            sheet = load_workbook(BytesIO(response.content)).active
            assert sheet is not None
            found = sheet.max_row - 1
            last = dict(zip(expected.names, expected.rows[-1], strict=True)) if expected.rows else {}
            if all(last[name] is None for name in visible(tuple(last))):
                return  # a last row without values is not there to be counted
        else:
            found = len(orjson.loads(response.content))
        assert found == count, self._told(person, what, f"{count} rows expected, {found} sent")

    def _same(self, person: Person, expected: Any, rows: Any, what: str) -> None:
        left = list(rows)
        assert len(expected) == len(rows), self._told(person, what, f"expected {expected}\ngot {rows}")
        for wanted in expected:
            match = next((n for n, one in enumerate(left) if same_row(wanted, one)), None)
            assert match is not None, self._told(person, what, f"expected {expected}\ngot {rows}")
            left.pop(match)

    # -- searching -----------------------------------------------------------------------

    def _may_see(self, person: Person, tables: Mapping[str, Table]) -> set[str]:
        """Give the markers that rows, masks and grants leave to somebody."""
        world = self.live.world
        seen = {row["note"] for table in tables.values() for row in table.rows}
        secrets = {row["secret"] for table in tables.values() for row in table.rows}
        seen |= {text for tenant in world.tenants if tenant for text in markers_in(tenant.encode())} & {
            text for table in tables.values() for row in table.rows
            for text in markers_in((row["tenant"] or "").encode())
        }  # fmt: skip
        seen |= markers_in(json.dumps(person.attributes).encode())
        seen |= digests(secrets)
        if person.may(Permission.VIEW_SQL):
            seen.add(world.hidden_values[0])  # the SQL holds what the model's author demands of every row
        if person.asker.is_insider:
            seen |= secrets | set(world.hidden_values)
            seen |= {name.partition("_")[2] for name in world.hidden_names}
            # The catalogue offers an insider what the model's author listed.
            seen |= {row["secret"] for table in world.tables.values() for row in table.rows}
        return seen

    def _search(self, data: bytes, allowed: set[str], asked: str, what: str) -> None:
        """Find what is known to be somebody's in bytes that were sent; what was sent in may come back."""
        foreign = (markers_in(data) & self._known()) - allowed - markers_in(asked.encode())
        assert not foreign, f"LEAK {foreign} in world {self.seed}: {what}\n{data[:3000]!r}"

    def _known(self) -> set[str]:
        world = self.live.world
        rows = [row for table in world.tables.values() for row in table.rows]
        known = {row["note"] for row in rows} | {row["secret"] for row in rows}
        known |= digests(row["secret"] for row in rows) | digests(row["note"] for row in rows)
        known |= {name.partition("_")[2] for name in world.hidden_names} | set(world.hidden_values)
        for tenant in world.tenants:
            known |= markers_in((tenant or "").encode())
        return known

    def search_what_is_kept(self) -> None:
        """Search the log and the files of the result cache, once all was asked."""
        logged = "\n".join(self.live.log.lines).encode()
        names = {name.partition("_")[2] for name in self.live.world.hidden_names}
        found = markers_in(logged) & (self._known() - names)
        assert not found, f"LEAK {found} in the log of world {self.seed}: {logged[:3000]!r}"
        for data in self.live.kept_files():
            markers = markers_in(data) & self._known()
            assert any(markers <= shown for shown in self._shown), (
                f"LEAK: a kept result of world {self.seed} holds what no one asker may see"
            )
            self.seen["files"] += 1

    def _told(self, person: Person, what: str, text: str | None) -> str:
        return (
            f"world {self.seed}, {person.role} {person.attributes}\n{what}\n{text}\n"
            f"rules: {self.live.world.topics[DESK].rules} branch: {self.live.world.branch_topics[DESK].rules}"
        )
