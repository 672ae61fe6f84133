"""Runs an ASGI application on a bound port until told to stop: uvicorn's server behind our listener."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from holoscope.cli.listener import Listener, PlainChoice, ProtocolFactory, Refusal, bind
from holoscope.cli.proxy import BehindProxy, is_trusted
from holoscope.kit.errors import Conflict
from holoscope.settings import Settings

Stop = Callable[[], None]
OnReady = Callable[[Stop], None]


class PortUnavailable(Conflict):
    """The address cannot be listened on: in use, foreign to this machine, or reserved."""

    code = "port_unavailable"


class Server(uvicorn.Server):
    """uvicorn's lifespan, protocols and graceful stop; connections come from our own `Listener`.

    uvicorn is started with no sockets of its own and our listener joins the list of servers that
    it closes and waits for, which are its documented steps in this order: stop accepting, let the
    requests under way end, then run the application's shutdown.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: Sequence[socket.socket],
        *,
        tls: ssl.SSLContext | None,
        plain: Callable[[ProtocolFactory], PlainChoice],
        on_ready: OnReady,
        peer_socket: Path | None = None,
    ) -> None:
        super().__init__(config)
        self._peer_socket = peer_socket
        self._bound = sockets
        self._tls = tls
        self._plain = plain
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        protocol = self._protocol_factory()
        listener = Listener(self._bound, protocol, tls=self._tls, plain=self._plain(protocol))
        listener.start(self.config.backlog)
        self.servers.append(cast("asyncio.base_events.Server", listener))
        if self._peer_socket is not None:
            self._peer_socket.unlink(missing_ok=True)
            loop = asyncio.get_running_loop()
            self.servers.append(await loop.create_unix_server(protocol, self._peer_socket))
        self._on_ready(self._stop)

    def _stop(self) -> None:
        self.should_exit = True

    def _protocol_factory(self) -> ProtocolFactory:
        loop = asyncio.get_running_loop()

        def build() -> asyncio.Protocol:
            return self.config.http_protocol_class(  # type: ignore[call-arg]
                config=self.config,
                server_state=self.server_state,
                app_state=self.lifespan.state,
                _loop=loop,
            )

        return build


def listen(settings: Settings) -> list[socket.socket]:
    """Bind the address of `settings`, so that a port in use is known before any other work.

    Raises:
        PortUnavailable: it cannot be bound; says why.
    """
    try:
        return bind(settings.host, settings.port)
    except OSError as error:
        raise PortUnavailable(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}. "
            "Choose another with --port (0 takes any free one)."
        ) from None


def run_server(
    app: ASGIApp,
    sockets: Sequence[socket.socket],
    settings: Settings,
    *,
    tls: ssl.SSLContext | None,
    on_ready: OnReady,
    peer_socket: Path | None = None,
) -> None:
    """Serve `app` until SIGTERM or SIGINT, then end gracefully.

    Requests under way get `stop_timeout_seconds`; then they are cancelled. A second signal does
    not wait. `on_ready` is called once, when connections are being accepted, with a
    function that stops the server from any thread. `tls` None serves
    plain HTTP only, to whom `settings` allows it. At `peer_socket` the other processes of the server
    may ask, in plain HTTP.
    """
    config = uvicorn.Config(
        BehindProxy(app, settings.trusted_proxies) if settings.behind_proxy else app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=_protocol(),
        ws="none",
        lifespan="on",
        workers=1,
        interface="asgi3",
        backlog=2048,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=settings.stop_timeout_seconds,
    )
    server = Server(
        config, sockets, tls=tls, plain=_plain_choice(settings), on_ready=on_ready, peer_socket=peer_socket
    )
    # uvicorn raises the signal again after its graceful end; an ended server is not a failure here.
    former = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _protocol() -> type[asyncio.Protocol] | str:
    """Return the HTTP protocol; without its parser, uvicorn's other one has bounds of its own."""
    try:
        from holoscope.cli.bounded_http import BoundedHttp
    except ImportError:
        return "h11"
    return BoundedHttp


def _plain_choice(settings: Settings) -> Callable[[ProtocolFactory], PlainChoice]:
    def choose(protocol: ProtocolFactory) -> PlainChoice:
        def answer(peer: str) -> ProtocolFactory:
            if settings.insecure_http or (
                settings.behind_proxy and is_trusted(peer, settings.trusted_proxies)
            ):
                return protocol
            return Refusal

        return answer

    return choose


def url_of(settings: Settings, sockets: Sequence[socket.socket]) -> str:
    """Return the base URL to give to clients on this machine."""
    is_plain = settings.insecure_http or (settings.behind_proxy and settings.tls_cert is None)
    scheme = "http" if is_plain else "https"
    host = "localhost" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{sockets[0].getsockname()[1]}"


def published_url(settings: Settings) -> str:
    """Return the base URL to give to people: the one the operator said, else that of the settings."""
    if settings.public_url is not None:
        return f"{settings.public_url}{settings.base_path}"
    host = "localhost" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    return f"https://{f'[{host}]' if ':' in host else host}:{settings.port}{settings.base_path}"
