"""The peer that is a bare page of a WebSocket and bufferSubData: the floor for every client.

12 bytes a point as ours, sent in messages of 960 KB and drawn by a minimal shader.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

import numpy as np
from aiohttp import web

from bench.peers.points import MARKERS, PROBE, arguments, classes, cloud, now, say, script, turned

PAGE = """<!doctype html><head>HEAD</head><body style="margin:0;background:#000"><canvas></canvas><script>
const canvas = document.querySelector("canvas"); canvas.width = innerWidth; canvas.height = innerHeight;
const gl = canvas.getContext("webgl2", {antialias: false});
const shader = (kind, text) => {
  const s = gl.createShader(kind); gl.shaderSource(s, text); gl.compileShader(s); return s;
};
const program = gl.createProgram();
gl.attachShader(program, shader(gl.VERTEX_SHADER, `#version 300 es
in vec4 p; out vec3 c; void main() { gl_PointSize = 2.0; gl_Position = vec4(p.xy / 32768.0 - 1.0, 0.0, 1.0);
c = 0.3 + 0.7 * fract(p.w * vec3(0.37, 0.61, 0.83)); }`));
gl.attachShader(program, shader(gl.FRAGMENT_SHADER, `#version 300 es
precision highp float; in vec3 c; out vec4 o; void main() { o = vec4(c, 1.0); }`));
gl.linkProgram(program); gl.useProgram(program); gl.enable(gl.DEPTH_TEST);
gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
gl.bufferData(gl.ARRAY_BUFFER, TOTAL * 8, gl.DYNAMIC_DRAW);
gl.enableVertexAttribArray(0); gl.vertexAttribPointer(0, 4, gl.UNSIGNED_SHORT, false, 8, 0);
let have = 0, asked = false;
const draw = () => {
  asked = false; gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT); gl.drawArrays(gl.POINTS, 0, have);
};
const socket = new WebSocket(`ws://${location.host}/ws`); socket.binaryType = "arraybuffer";
socket.onmessage = ({data}) => {
  const n = data.byteLength / 12; have %= TOTAL;
  gl.bufferSubData(gl.ARRAY_BUFFER, have * 8, new Uint16Array(data, 0, n * 4));
  have += n; socket.send("ack");
  if (have === TOTAL && !asked) { asked = true; requestAnimationFrame(draw); }
};
</script></body>"""

POINTS_A_MESSAGE = 80_000


def main() -> None:
    """Serve until everything is shown."""
    asyncio.run(serve())


async def serve() -> None:
    """The page, its probe, and one socket."""
    what, n, seconds, collector = arguments()
    folder = Path(tempfile.mkdtemp(prefix="bare-"))
    shutil.copy(PROBE, folder)
    page = PAGE.replace("HEAD", script(collector)).replace("TOTAL", str(n))
    done = asyncio.Event()

    async def socket(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        await asyncio.sleep(2)
        await (push if what == "moving" else show)(ws, n, seconds)
        done.set()
        return ws

    async def index(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(folder / "index.html")

    app = web.Application()
    (folder / "index.html").write_text(page)
    app.router.add_get("/", index)
    app.router.add_static("/", folder)
    app.router.add_get("/ws", socket)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say(url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await done.wait()
    await runner.cleanup()


def encode(points: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Quantised as ours are: uint16 (n, 4)."""
    low, high = points.min(axis=0), points.max(axis=0)
    quantised = np.empty((len(points), 4), np.uint16)
    quantised[:, :3] = (points - low) / (high - low) * 65535
    quantised[:, 3] = kinds
    return quantised


async def show(ws: web.WebSocketResponse, n: int, seconds: float) -> None:
    """Send all points as fast as they are taken."""
    points, kinds = cloud(n), classes(n)
    say(began=now())
    sent = await send(ws, encode(points, kinds))
    await asyncio.sleep(seconds)
    say(bytes=sent)


async def send(ws: web.WebSocketResponse, positions: np.ndarray) -> int:
    """One update, each message acknowledged before the next but three; bytes sent."""
    row, sent, waiting = np.arange(len(positions), dtype=np.uint32), 0, 0
    for start in range(0, len(positions), POINTS_A_MESSAGE):
        stop = start + POINTS_A_MESSAGE
        data = positions[start:stop].tobytes() + row[start:stop].tobytes()
        await ws.send_bytes(data)
        sent, waiting = sent + len(data), waiting + 1
        if waiting > 3:
            await ws.receive()
            waiting -= 1
    for _ in range(waiting):
        await ws.receive()
    return sent


async def push(ws: web.WebSocketResponse, n: int, seconds: float) -> None:
    """Send updates, each when the one before was taken in."""
    points, kinds = cloud(n), classes(n)
    frames = [encode(turned(points, k), kinds) for k in range(40)]
    pushed, k, end = [], 0, asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        k = k % MARKERS + 1
        frames[k % 40][0, 0] = k
        pushed.append([k, now()])
        await send(ws, frames[k % 40])
    say(pushed=pushed)


if __name__ == "__main__":
    main()
