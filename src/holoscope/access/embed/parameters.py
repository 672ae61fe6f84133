"""What a signed address, or a request for a session, may say: each parameter has one narrow shape.

Since the names of parameters are not signed, the shapes differ wherever a renamed parameter could give
more than the signer meant (platform digest §5.2, §5.3). Whatever is not known is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from holoscope.access.embed.themes import THEME_KEYS, THEMES, is_theme_value
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import is_uuid

_NONCE = re.compile(r"[\x21-\x7e]{32}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_LINK = re.compile(r"__omni_link_access_open|[A-Za-z0-9_-]{1,64}(?:\s*,\s*[A-Za-z0-9_-]{1,64}){0,199}")
_CONTENT = re.compile(
    r"(?:/embed)?(/dashboards/[A-Za-z0-9_-]{1,64}|/w/[A-Za-z0-9_-]{1,64}(?:/duplicate)?"
    r"|/chat|/my|/entity-folder|/root)/?"
)
_FILTERS = re.compile(r"\??(?:[fc]--[^\s#]{1,16000})")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_CONTENT_ROLES = frozenset({"NO_ACCESS", "VIEWER", "EXPLORER", "EDITOR", "MANAGER"})
_MODES = frozenset({"APPLICATION", "SINGLE_CONTENT"})
_DARKNESS = frozenset({"true", "false", "system"})
_RESERVED = _CONTENT_ROLES | _MODES | _DARKNESS | THEMES | {"__omni_link_access_open"}
_MOST = 16_384


@dataclass(frozen=True, slots=True)
class EmbedParameters:
    """What was said, checked. Attribute names are the wire's in snake case; None means not said."""

    content_path: str
    external_id: str
    name: str
    access_boost: bool | None = None
    branch: str | None = None
    connection_roles: Mapping[str, str] = field(default_factory=dict)
    custom_theme: Mapping[str, str] | None = None
    custom_theme_id: str | None = None
    email: str | None = None
    entity: str | None = None
    entity_folder_content_role: str | None = None
    entity_folder_group_content_role: str | None = None
    entity_folder_label: str | None = None
    entity_group_label: str | None = None
    filter_search_param: str | None = None
    groups: tuple[str, ...] = ()
    link_access: str | None = None
    mode: str | None = None
    model_roles: Mapping[str, str] = field(default_factory=dict)
    prefers_dark: str | None = None
    preserve_entity_folder_content_role: bool | None = None
    theme: str | None = None
    ui_settings: Mapping[str, bool] | None = None
    user_attributes: Mapping[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """Return what decides how the embedded page looks and where it begins, as JSON."""
        return {
            "accessBoost": bool(self.access_boost),
            "branch": self.branch,
            "contentPath": self.content_path,
            "customTheme": None if self.custom_theme is None else dict(self.custom_theme),
            "customThemeId": self.custom_theme_id,
            "entity": self.entity,
            "filterSearchParam": self.filter_search_param,
            "linkAccess": self.link_access,
            "mode": self.mode or "SINGLE_CONTENT",
            "prefersDark": self.prefers_dark,
            "theme": self.theme,
            "uiSettings": None if self.ui_settings is None else dict(self.ui_settings),
        }


class BadParameter(BadRequest):
    """A parameter is unknown, missing, or not of its shape; the text never repeats its value."""

    code = "bad_embed_parameter"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"Bad Request: {name}: {reason}")


def read_native(said: Mapping[str, Any]) -> EmbedParameters:
    """Read parameters as JSON gives them: objects, arrays and booleans are themselves.

    Raises:
        BadParameter: unknown, missing, or not of its shape.
    """
    unknown = sorted(said.keys() - _READERS.keys())
    if unknown:
        raise BadParameter(
            "formErrors", f"Unrecognized key(s) in object: {', '.join(map(repr, unknown[:5]))}"
        )
    found: dict[str, Any] = {}
    for name, read in _READERS.items():
        value = said.get(name)
        if value is not None and value != "":
            found[_SNAKE[name]] = read(name, value)
    for name in ("contentPath", "externalId", "name"):
        if _SNAKE[name] not in found:
            raise BadParameter(name, "Required")
    if found["content_path"] == "/entity-folder" and "entity" not in found:
        raise BadParameter("entity", "Required for /entity-folder")
    return EmbedParameters(**found)


def read_texts(said: Mapping[str, str]) -> EmbedParameters:
    """Read parameters as an address gives them, every value a text.

    Raises:
        BadParameter: unknown, missing, or not of its shape.
    """
    return read_native({name: _native(name, text) for name, text in said.items()})


def read_nonce(text: str | None) -> str:
    """Return the nonce: 32 visible characters.

    Raises:
        BadParameter: missing, or of another form.
    """
    if text is None or not _NONCE.fullmatch(text):
        raise BadParameter("nonce", "Must be exactly 32 characters")
    return text


def look_of(said: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that may come with the redeeming of a session: its theme, darkness, branch.

    Raises:
        BadParameter: one is not of its shape.
    """
    return {
        name: _READERS[name](name, said[name])
        for name in ("branch", "prefersDark", "theme")
        if said.get(name)
    }


def _native(name: str, text: str) -> Any:  # noqa: ANN401  (JSON)
    if text == "":
        return None
    if name in _BOOLEANS:
        return {"true": True, "false": False}.get(text, text)
    if name not in _JSON:
        return text
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadParameter(name, "Invalid JSON") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is given twice")
    return dict(pairs)


def _text(name: str, value: object, *, most: int = 1_000) -> str:
    if not isinstance(value, str):
        raise BadParameter(name, "Expected string")
    if not value.strip() or len(value) > most:
        raise BadParameter(name, f"Expected 1 to {most} characters")
    if any(not (char.isprintable() or char == "\xa0") for char in value):
        raise BadParameter(name, "Control characters are not allowed")
    return value


def _like(pattern: re.Pattern[str], reason: str) -> Callable[[str, object], str]:
    def read(name: str, value: object) -> str:
        text = _text(name, value, most=_MOST)
        if not pattern.fullmatch(text):
            raise BadParameter(name, reason)
        return text

    return read


def _one_of(choices: frozenset[str]) -> Callable[[str, object], str]:
    def read(name: str, value: object) -> str:
        if value not in choices:
            raise BadParameter(name, f"Expected {' | '.join(sorted(choices))}")
        return str(value)

    return read


def _content(name: str, value: object) -> str:
    found = _CONTENT.fullmatch(_text(name, value))
    if found is None:
        raise BadParameter(name, "Expected a path such as /dashboards/12db1a0a")
    return found[1]


def _boolean(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadParameter(name, "Expected true or false")
    return value


def _entity(name: str, value: object) -> str:
    """Read a tenant's key, which is no value that another parameter may have."""
    text = _text(name, value, most=128)
    if not _KEY.fullmatch(text) or text in _RESERVED or is_uuid(text):
        raise BadParameter(name, "Expected letters, digits, _ . : - and no word that another parameter takes")
    return text


def _label(name: str, value: object) -> str:
    return _text(name, value, most=64)


def _uuid(name: str, value: object) -> str:
    if not is_uuid(value):
        raise BadParameter(name, "Invalid uuid")
    return str(value).lower()


def _roles(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > 1_000:
        raise BadParameter(name, "Expected an object of ids and roles")
    return {_uuid(name, key): _text(name, role, most=128) for key, role in value.items()}


def _groups(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > 1_000:
        raise BadParameter(name, "Expected an array of group names")
    return tuple(dict.fromkeys(_text(name, each, most=256) for each in value))


def _theme(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not value.keys() <= THEME_KEYS:
        raise BadParameter(name, "Expected an object of known theme keys")
    if not all(is_theme_value(each) for each in value.values()):
        raise BadParameter(name, "Expected values of CSS")
    return value


def _ui(name: str, value: object) -> dict[str, bool]:
    if not isinstance(value, dict) or value.keys() - {"showNavigation"}:
        raise BadParameter(name, "Expected an object with showNavigation alone")
    return {key: _boolean(name, each) for key, each in value.items()}


def _attributes(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > 1_000:
        raise BadParameter(name, "Expected an object of attributes")
    for each in value.values():
        if isinstance(each, dict):
            raise BadParameter(name, "Expected texts, numbers or arrays of them")
    return value


_BOOLEANS = frozenset({"accessBoost", "preserveEntityFolderContentRole"})
_JSON = frozenset({"connectionRoles", "customTheme", "groups", "modelRoles", "uiSettings", "userAttributes"})
_ROLE = _one_of(_CONTENT_ROLES)
_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "contentPath": _content,
    "externalId": _text,
    "name": _text,
    "accessBoost": _boolean,
    "branch": _text,
    "connectionRoles": _roles,
    "customTheme": _theme,
    "customThemeId": _uuid,
    "email": _like(_EMAIL, "Invalid email"),
    "entity": _entity,
    "entityFolderContentRole": _ROLE,
    "entityFolderGroupContentRole": _ROLE,
    "entityFolderLabel": _label,
    "entityGroupLabel": _label,
    "filterSearchParam": _like(_FILTERS, "Expected f--... or c--..."),
    "groups": _groups,
    "linkAccess": _like(_LINK, "Expected __omni_link_access_open or dashboard ids"),
    "mode": _one_of(_MODES),
    "modelRoles": _roles,
    "prefersDark": _one_of(_DARKNESS),
    "preserveEntityFolderContentRole": _boolean,
    "theme": _one_of(THEMES),
    "uiSettings": _ui,
    "userAttributes": _attributes,
}
_SNAKE = {name: re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name) for name in _READERS}
assert set(_SNAKE.values()) == {each.name for each in fields(EmbedParameters)}  # noqa: S101  (one list)
