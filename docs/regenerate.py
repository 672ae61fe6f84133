"""Writes the generated parts of the README, of the list of decisions and of the page on roles.

Run `.venv/bin/python docs/regenerate.py` after a change of the compiler, the shop or the contract;
`tests/docs/test_readme.py` fails when it was forgotten. A part lies between
`<!-- generated: name -->` and `<!-- end -->`.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from holoscope.access.roles_capabilities import CAPABILITIES
from holoscope.access.roles_tiers import PERMISSIONS, Role
from holoscope.cli.shop import generate_shop, shop_folder
from holoscope.modeling.load import load_model
from holoscope.modelstore.folder import load_folder
from holoscope.query.compiled import CompiledQuery
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.runs.exports import write_document
from holoscope.runs.request import ResultType
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from holoscope.warehouses.duckdb.driver import open_duckdb

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DECISIONS = ROOT / "docs/decisions/README.md"
ROLES = ROOT / "docs/reference/roles.md"
GENERATED = (README, DECISIONS, ROLES)
SHOWN_FILE = "examples/shop/model/order_items.view.yaml"
SHOWN_KEYS = ("schema", "table_name", "dimensions.id", "measures.count", "measures.sale_price_sum")
NO_MODEL = "00000000-0000-0000-0000-000000000000"
QUERY: dict[str, Any] = {
    "join_paths_from_topic_name": "order_items",
    "fields": ["products.department", "users.count", "order_items.sale_price_sum"],
    "sorts": [{"column_name": "order_items.sale_price_sum", "sort_descending": True}],
    "limit": 3,
}
_PART = re.compile(r"(<!-- generated: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """The README's example, compiled and run over the shop in `database` (the demo's default scale)."""

    database: Path

    @cached_property
    def compiled(self) -> CompiledQuery:
        warehouse = open_duckdb(self.database, connection_id="readme")
        try:
            catalog = warehouse.load_catalog()
        finally:
            warehouse.close()
        model, _ = load_model(load_folder(shop_folder() / "model"), catalog)
        spec = parse_query({**QUERY, "modelId": NO_MODEL})
        scope = Scope({}, frozenset(Permission))
        return compile_query(spec, model, scope, DuckDBDialect(), now=datetime(2026, 6, 30, tzinfo=UTC))

    def model(self) -> str:
        lines = (ROOT / SHOWN_FILE).read_text(encoding="utf-8").splitlines()
        return _fence("yaml", "\n".join([f"# from {SHOWN_FILE}", *excerpt(lines, SHOWN_KEYS)]))

    def request(self) -> str:
        body = json.dumps({"modelId": "$OMNI_MODEL_ID", **QUERY}, indent=1)
        body = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: f"[{_one_line(found[1])}]", body)
        body = re.sub(r"\[\s+\{\s+([^{}]*?)\s+\}\s+\]", lambda found: f"[{{{_one_line(found[1])}}}]", body)
        body = body.replace("\n", "\n ")
        return _fence(
            "sh",
            'curl --cacert "$SSL_CERT_FILE" "$OMNI_BASE_URL/api/v1/query/run" \\\n'
            '  -H "Authorization: Bearer $OMNI_API_KEY" --json @- <<END\n'
            f'{{"resultType": "csv", "query":\n {body}}}\nEND',
        )

    def sql(self) -> str:
        return _fence("sql", self.compiled.sql)

    def answer(self) -> str:
        warehouse = open_duckdb(self.database, connection_id="readme")
        try:
            table = warehouse.execute(self.compiled.sql, timeout=timedelta(minutes=1)).read_all()
        finally:
            warehouse.close()
        document = write_document(table, self.compiled, ResultType.CSV, formatted=False)
        return _fence("csv", document.decode().rstrip("\n"))


def status() -> str:
    """Count what `contract/`, the warehouses and the case pages hold; nothing here is written by hand."""
    with (ROOT / "contract/operations.csv").open(newline="", encoding="utf-8") as file:
        published = sum(1 for _ in csv.DictReader(file))
    missing = len((ROOT / "contract/missing.txt").read_text(encoding="utf-8").split())
    dialects = len(list((ROOT / "src/holoscope/warehouses").glob("*/dialect.py")))
    pages = [
        page for folder in ("cases", "language") for page in (ROOT / "tests/query" / folder).glob("*.md")
    ]
    cases = sum(len(re.findall(r"^## ", page.read_text(encoding="utf-8"), re.MULTILINE)) for page in pages)
    return (
        f"**Status**: operations served {published - missing}/{published} · dialects {dialects} · "
        f"SQL cases {cases} on {len(pages)} pages\n"
    )


def decisions() -> str:
    """List the decision records by their titles."""
    rows = ["| no. | decision |", "|---|---|"]
    for record in sorted(DECISIONS.parent.glob("[0-9]*.md")):
        number, _, title = (
            record.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").partition(" ")
        )
        rows.append(f"| [{number}]({record.name}) | {title} |")
    return "\n".join(rows) + "\n"


def capabilities() -> str:
    """Say which tier may do what, from the tables that are enforced."""
    rows = [
        f"| capability | permission | {' | '.join(f'`{role}`' for role in Role)} |",
        f"|---|---|{'---|' * len(Role)}",
    ]
    for each in CAPABILITIES:
        cells = ("yes" if each.permission in PERMISSIONS[role] else "-" for role in Role)
        rows.append(f"| {each.text} | `{each.permission}` | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def excerpt(lines: list[str], keys: tuple[str, ...]) -> list[str]:
    """Return the lines of two-level YAML that belong to `keys` (`top` or `top.name`), headings included."""
    kept: list[str] = []
    top = name = ""
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        word = line.strip().partition(":")[0]
        if indent == 0:
            top, name = word, ""
            if word in keys or any(key.startswith(f"{word}.") for key in keys):
                kept.append(line)
            continue
        if indent == 2:
            name = word
        if f"{top}.{name}" in keys:
            kept.append(line)
    return kept


def render(text: str, shown: Shown) -> str:
    """Return `text` with every generated part replaced by what the code says now."""
    parts: dict[str, Callable[[], str]] = {
        "model": shown.model,
        "request": shown.request,
        "sql": shown.sql,
        "answer": shown.answer,
        "status": status,
        "decisions": decisions,
        "capabilities": capabilities,
    }
    return _PART.sub(lambda found: f"{found[1]}{parts[found['name']]()}{found[3]}", text)


def _fence(language: str, body: str) -> str:
    return f"```{language}\n{body}\n```\n"


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "shop.duckdb"
        generate_shop(database)
        shown = Shown(database)
        new = {page: render(page.read_text(encoding="utf-8"), shown) for page in GENERATED}
    for page, text in new.items():
        page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{page.relative_to(ROOT)} is up to date.\n")


if __name__ == "__main__":
    main()
