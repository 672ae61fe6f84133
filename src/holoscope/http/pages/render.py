"""From a template to a response under a strict content security policy."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"


def page(
    template: str,
    *,
    status: int = 200,
    form_action: str = "",
    framed_by: Sequence[str] | None = None,
    **values: object,
) -> HTMLResponse:
    """Render a template; every value is escaped.

    Browsers apply `form-action` to where a form's answer redirects too, so a page whose form ends at
    another origin names it in `form_action`. Nobody may frame the page, or our own pages and those of
    the origins in `framed_by`.
    """
    text = _environment().get_template(template).render(**values)
    frames = "'none'" if framed_by is None else " ".join(("'self'", *framed_by))
    policy = (
        f"default-src 'none'; style-src '{_style_digest()}'; form-action 'self' {form_action}".rstrip()
        + f"; base-uri 'none'; frame-ancestors {frames}"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    if framed_by is None:
        headers["X-Frame-Options"] = "DENY"
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
