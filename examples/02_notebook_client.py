"""A client in a notebook: receive a cloud, lasso its left half, get the curves in it as a table.

python examples/02_notebook_client.py http://127.0.0.1:8765 TOKEN    (the address and `devshell vr token`)
"""

import asyncio
import sys
from urllib.request import Request, urlopen

import pyarrow as pa

from streaming import messages
from streaming.client import Frame, connect

LEFT_HALF = [[-1, -1], [0, -1], [0, 1], [-1, 1]]


async def explore(address, token):
    """The shown points, and the table of the curves in the lasso; a notebook awaits this function."""
    points = []
    async with connect(address, token) as client:
        scene = await client.wait(messages.Scene)
        async for heard in client:
            if isinstance(heard, Frame) and heard.header.kind == "points":
                points.append(heard.batch)
                if heard.header.extra["last"] == "1":
                    break
        # Seen from straight ahead, scene.model is the whole matrix.
        await client.ask(messages.Stroke(0, LEFT_HALF, scene.model, "replace"))
        request = Request(f"{address}/api/selection.arrow", headers={"Authorization": f"Bearer {token}"})
        file = await asyncio.to_thread(lambda: urlopen(request).read())
    return pa.Table.from_batches(points), pa.ipc.open_file(file).read_all()


cloud, curves = asyncio.run(explore(*sys.argv[1:3]))
print(f"{len(cloud)} points came; {len(curves)} curves lie in the left half, of ranks", end=" ")
print({each["values"]: each["counts"] for each in curves["rank"].value_counts().to_pylist()})
