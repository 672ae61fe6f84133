"""A tiny application behind the real server, run as `python -m support.toy FOLDER [option=value ...]`.

It prints `ready <port>` when it accepts, `asked <path>` for each request that reaches it and
`closed` after its shutdown, so a test can tell what the application saw.
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

from holoscope.cli.certificates import local_certificate, server_context
from holoscope.cli.server import listen, run_server
from holoscope.settings import load_settings


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                say("closed")
                return
    say("asked", scope["path"])
    if scope["path"].startswith("/slow/"):
        await asyncio.sleep(float(scope["path"].removeprefix("/slow/")))
    body = orjson.dumps({"client": scope["client"][0], "scheme": scope["scheme"]})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main(folder: str, *options: str) -> None:
    settings = load_settings(dict(option.split("=", 1) for option in ("port=0", *options)), {})
    tls = None
    if not (settings.insecure_http or settings.behind_proxy):
        certificate = local_certificate(Path(folder), host=settings.host, now=datetime.now(UTC))
        tls = server_context(certificate)
    sockets = listen(settings)
    port = sockets[0].getsockname()[1]
    run_server(application, sockets, settings, tls=tls, on_ready=lambda _: say("ready", port))


if __name__ == "__main__":
    main(*sys.argv[1:])
