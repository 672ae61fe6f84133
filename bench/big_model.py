"""A generated star model of any size, for growth: one fact view and others joined to it."""

from __future__ import annotations


def star(views: int, fields: int) -> dict[str, str]:
    """Model files of `views` views with `fields` fields each; `fact` joins every other one."""
    files = {
        "model": "label: Star\n",
        "relationships": "\n".join(
            f"- join_from_view: fact\n  join_to_view: v{n}\n  on_sql: ${{fact.k{n}}} = ${{v{n}.id}}\n"
            "  relationship_type: many_to_one"
            for n in range(1, views)
        )
        or "[]",
        "fact.topic": "base_view: fact\njoins:\n" + "".join(f"  v{n}: {{}}\n" for n in range(1, views))
        if views > 1
        else "base_view: fact\njoins: {}\n",
    }
    half = fields // 2
    for n in range(views):
        name = "fact" if n == 0 else f"v{n}"
        text = f"# Reference this view as {name}\nschema: main\ntable_name: {name}\ndimensions:\n"
        text += "  id:\n    primary_key: true\n"
        if n == 0:
            text += "".join(f"  k{m}: {{}}\n" for m in range(1, views))
        text += "".join(
            f"  d{m}:\n    sql: ${{id}} + {m}\n    label: Dimension {m}\n" for m in range(half - 1)
        )
        text += "measures:\n"
        text += "".join(
            f"  m{m}:\n    sql: ${{d{m % (half - 1)}}}\n    aggregate_type: sum\n    format: number_2\n"
            for m in range(half)
        )
        files[f"{name}.view"] = text
    return files
