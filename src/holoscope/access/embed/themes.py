"""What an embedded page may be asked to look like (platform digest §5.6)."""

from __future__ import annotations

import re

THEMES = frozenset({"dawn", "vibes", "breeze", "blank"})

_TILE = (
    *("margin", "background", "shadow", "text-body-color", "text-secondary-color", "border-color"),
    *("border-radius", "border-style", "border-width", "title-font-size", "title-font-weight"),
    *("title-text-color", "title-font-family", "text-body-font-family", "text-code-font-family"),
)
_CONTROL = (
    "background",
    "radius",
    "border-color",
    "text-color",
    "placeholder-color",
    "label-color",
    "outline-color",
)
_POPOVER = (
    *("background", "text-color", "secondary-text-color", "link-color", "divider-color", "radius"),
    "border-color",
)
_FILTER = (
    *("background", "radius", "border-color", "text-color", "placeholder-color", "icon-color"),
    *("outline-color", "accent-color", "accent-invert-color", "token-color", "token-text-color"),
)
THEME_KEYS = frozenset(
    [
        *(
            "dashboard-background",
            "dashboard-page-padding",
            "dashboard-key-color",
            "dashboard-key-text-color",
        ),
        *("dashboard-button-radius", "dashboard-button-transparent-text-color"),
        *("dashboard-button-transparent-interactive-color", "dashboard-menu-item-interactive-color"),
        *(f"dashboard-tile-{name}" for name in _TILE),
        *(f"dashboard-control-{name}" for name in _CONTROL),
        *(f"dashboard-control-popover-{name}" for name in _POPOVER),
        *(f"dashboard-filter-input-{name}" for name in _FILTER),
    ]
)
_VALUE = re.compile(r"[^;{}<>@\\]{1,500}")


def is_theme_value(text: object) -> bool:
    """Tell whether a value can stand alone in a declaration of CSS, without ending it."""
    return isinstance(text, str) and _VALUE.fullmatch(text) is not None and "/*" not in text
