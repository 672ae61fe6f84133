"""From a template to a response under a strict content security policy."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"


def page(template: str, *, status: int = 200, form_action: str = "", **values: object) -> HTMLResponse:
    """Render a template; every value is escaped.

    Browsers apply `form-action` to where a form's answer redirects too, so a page whose form ends at
    another origin names it in `form_action`.
    """
    text = _environment().get_template(template).render(**values)
    policy = (
        f"default-src 'none'; style-src '{_style_digest()}'; form-action 'self' {form_action}".rstrip()
        + "; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "X-Frame-Options": "DENY", "Cache-Control": "no-store"}
    return HTMLResponse(text, status, headers)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )
    environment.globals["style"] = _style
    return environment


@cache
def _style() -> str:
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


@cache
def _style_digest() -> str:
    return f"sha256-{b64encode(sha256(_style().encode()).digest()).decode()}"
