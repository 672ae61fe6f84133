"""Fields that get another name or another view."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from holoscope.kit.errors import BadRequest
from holoscope.modeling.edits import renamed_text
from holoscope.modelstore.parts import Part, Workshop, at, data_of, good, is_ignored, section_of
from holoscope.sql.parse import BadSql, parse_template

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BARE = re.compile(r"\$\{\s*(\w+)\s*((?:\[[^\]]*\])?\s*)\}")
LONGEST = 255


def check_field_name(name: str, key: str) -> None:
    """Refuse what cannot name a field.

    Raises:
        BadRequest: it cannot.
    """
    if len(name) > LONGEST or not _NAME.fullmatch(name):
        raise BadRequest(f"Bad Request: {key}: a field's name has letters, digits and _, no digit first")


def rename_field(shop: Workshop, part: Part, section: str, name: str, new_name: str) -> None:
    """Give a field of a view another name; the files of this layer that name it follow.

    An inherited field becomes one of this layer's own, and the inherited one is ignored.

    Raises:
        BadRequest: the name is taken, or no name.
    """
    check_field_name(new_name, "newFieldName")
    _require_free(part, part.name, new_name, "newFieldName")
    path = (section, name)
    if part.inherited(path) is None:
        if section == "dimensions" and part.said((*path, "sql")) is None:
            part.put((*path, "sql"), _column(name))  # it stood for the column of its name, and still does
        part.text = good(renamed_text(part.path, part.text, path, new_name))
    else:
        part.put((section, new_name), _definition(shop, part, section, name))
        part.put(path, {"ignored": True})
    shop.keep(part)
    _follow(shop, part, name, full=f"{part.name}.{new_name}", bare=new_name)


def move_field(shop: Workshop, part: Part, section: str, name: str, new_view: str, new_name: str) -> None:
    """Move a field to another view; what it names stays what it was, and what names it follows.

    Raises:
        NotFound: no such view.
        BadRequest: the name is taken there, or the field stands for a column of its view's table.
    """
    check_field_name(new_name, "newFieldName")
    target = shop.view(new_view)
    _require_free(target, new_view, new_name, "newViewName")
    definition = _present(shop, part, section, name)
    sql = definition.get("sql")
    if not isinstance(sql, str) or _names_columns(sql):
        raise BadRequest(
            f'Bad Request: newViewName: "{part.name}.{name}" names columns of its own view\'s table and '
            "cannot move; refer to fields, as in ${field}, first"
        )
    definition["sql"] = _BARE.sub(lambda found: f"${{{part.name}.{found[1]}{found[2]}}}", sql)
    definition.pop("ignored", None)
    target.put((section, new_name), definition)
    shop.keep(target)
    part.take((section, name))
    shop.keep(part)
    moved = f"{new_view}.{new_name}"
    _follow(shop, part, name, full=moved, bare=moved)


def _definition(shop: Workshop, part: Part, section: str, name: str) -> dict[str, Any]:
    """Return all that is said of a field, so that it can stand under another name."""
    found = _present(shop, part, section, name)
    found.pop("ignored", None)
    if section == "dimensions" and "sql" not in found:
        found["sql"] = _column(name)
    return found


def _present(shop: Workshop, part: Part, section: str, name: str) -> dict[str, Any]:
    stack = shop.stack.changed({part.path: part.text})
    return data_of(at(Workshop.of(stack).view(part.name).whole, (section, name)))


def _require_free(part: Part, view: str, name: str, key: str) -> None:
    section = section_of(part.whole, name)
    if section is not None and not is_ignored(part.said((section, name))):
        raise BadRequest(f'Bad Request: {key}: Field "{view}.{name}" already exists')


def _column(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql()


def _names_columns(sql: str) -> bool:
    try:
        return bool(parse_template(sql, "").own_columns)
    except BadSql:
        return True


def _follow(shop: Workshop, part: Part, name: str, *, full: str, bare: str) -> None:
    """Let every text of this layer say `full` for `view.name`, and the view itself `bare` for `${name}`."""
    said_in_full = re.compile(rf"(?<![\w.]){re.escape(part.name)}\.{re.escape(name)}(?!\w)")
    said_bare = re.compile(rf"\$\{{(\s*){re.escape(name)}(\s*(?:\[[^\]]*\])?\s*)\}}")
    for path, before in {**shop.stack.own, part.path: part.text}.items():
        text = shop.changes.get(path, before)
        if text is None:
            continue
        followed = said_in_full.sub(full, text)
        if path == part.path:
            followed = said_bare.sub(rf"${{\g<1>{bare}\g<2>}}", followed)
        if followed != text:
            shop.changes[path] = followed
