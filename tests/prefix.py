"""A reverse proxy below a path prefix, as jupyter-server-proxy and nginx's `proxy_pass http://x/;` are: it strips it.

Host and Origin of the browser reach the server unchanged, or (as nginx does by itself) Host becomes the server's.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

PREFIX = "/user/ada/proxy/lab"
HOP = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
    "te",
    "trailer",
    "content-length",
    "content-encoding",
}


@asynccontextmanager
async def proxy(port: int, keep_host: bool = True) -> AsyncIterator[tuple[str, list[str]]]:
    """The proxied address of the server on a port, and the paths that arrived (with queries)."""
    asked: list[str] = []

    async def pass_on(request: web.Request) -> web.StreamResponse:
        asked.append(request.path_qs)
        rest = request.path_qs.removeprefix(PREFIX)
        url = f"http://127.0.0.1:{port}{rest}"
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        if not keep_host:
            headers["Host"] = f"127.0.0.1:{port}"
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await _socket(request, url, headers)
        async with session.request(
            request.method, url, headers=headers, data=await request.read(), allow_redirects=False
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    async def _socket(request: web.Request, url: str, headers: dict[str, str]) -> web.StreamResponse:
        offered = [each.strip() for each in headers.pop("Sec-WebSocket-Protocol", "").split(",")]
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("sec-websocket")}
        async with session.ws_connect(url, headers=headers, protocols=offered, max_msg_size=0) as inner:
            outer = web.WebSocketResponse(protocols=offered, max_msg_size=0)
            await outer.prepare(request)
            await asyncio.wait(
                [asyncio.create_task(_carry(inner, outer)), asyncio.create_task(_carry(outer, inner))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            await outer.close()
            return outer

    app = web.Application()
    app.router.add_route("*", f"{PREFIX}/{{path:.*}}", pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://localhost:{runner.addresses[0][1]}{PREFIX}/", asked
        finally:
            await runner.cleanup()


async def _carry(
    source: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
    sink: web.WebSocketResponse | aiohttp.ClientWebSocketResponse,
) -> None:
    async for message in source:
        if message.type is aiohttp.WSMsgType.TEXT:
            await sink.send_str(message.data)
        elif message.type is aiohttp.WSMsgType.BINARY:
            await sink.send_bytes(message.data)
