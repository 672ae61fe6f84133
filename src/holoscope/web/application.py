"""Routes of the web application: one document for every address within it, and the files it loads.

The document is the same for everybody and holds nothing of anybody: who is signed in, the application
asks the API. Its policy lets nothing run or load that is not a file of this server; the nonce is for
the style sheets that the editor writes as it goes.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from holoscope.web.assets import STATIC, Asset, find_assets

PLACES = ("explore", "models", "settings", "profile", "api-reference")
_NONCE_HERE = "__NONCE__"
_BASE_HERE = "__BASE__"
_FOREVER = "public, max-age=31536000, immutable"
_UNBUILT = (
    "The web application is not part of this installation: it was installed with SKIP_FRONTEND=1.\n"
    "The API is served all the same. Run `python web/npm.py ci` and `python web/npm.py run build`.\n"
)


def app_routes(folder: Path = STATIC) -> list[BaseRoute]:
    """Return the routes of the application built in `folder`, or of a page that says it is missing."""
    index = folder / "index.html"
    pages = _Pages(index.read_text(encoding="utf-8") if index.is_file() else None)
    files = _Files(find_assets(folder / "assets"))
    places = [f"/{place}{rest}" for place in PLACES for rest in ("", "/{rest:path}")]
    return [
        Route("/assets/{name:path}", files.send, methods=["GET"], include_in_schema=False),
        *(Route(path, pages.show, methods=["GET"], include_in_schema=False) for path in ("/", *places)),
    ]


class _Pages:
    def __init__(self, index: str | None) -> None:
        self._index = index

    async def show(self, request: Request) -> Response:
        if self._index is None:
            return PlainTextResponse(_UNBUILT, 503)
        nonce = token_urlsafe(16)
        base = f"{request.scope.get('base_path', '')}/"
        text = self._index.replace(_NONCE_HERE, nonce).replace(_BASE_HERE, escape(base))
        return HTMLResponse(
            text, headers={"Content-Security-Policy": _policy(nonce), "X-Frame-Options": "DENY"}
        )


class _Files:
    def __init__(self, assets: dict[str, Asset]) -> None:
        self._assets = assets

    async def send(self, request: Request) -> Response:
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return PlainTextResponse("Not found", 404)
        path, coding = asset.best_for(request.headers.get("accept-encoding", ""))
        if not path.is_file():  # a checkout was built anew under a running server
            return PlainTextResponse("Not found", 404)
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if coding is not None:
            headers["Content-Encoding"] = coding
        return FileResponse(path, media_type=asset.media_type, headers=headers)


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; worker-src 'self'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
