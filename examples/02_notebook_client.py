"""A client in a notebook: receive a cloud, lasso its left half, get the curves in it as a table.

python examples/02_notebook_client.py 'http://127.0.0.1:8765/#token=...'    (the address that devshell printed)
"""

import asyncio
import json
import sys
from urllib.request import Request, urlopen

import pyarrow as pa
from websockets import connect

LEFT_HALF = [[-1, -1], [0, -1], [0, 1], [-1, 1]]


async def explore(address):
    """The shown points, and the table of the curves in the lasso; a notebook awaits this function."""
    base, token = address.split("/#token=")
    bearer, scene, points = {"Authorization": f"Bearer {token}"}, {}, []
    async with connect(base.replace("http", "ws", 1) + "/ws", subprotocols=["murmuration.v3"],
                       additional_headers=bearer, compression=None) as socket:  # fmt: skip
        async for message in socket:
            if isinstance(message, bytes):  # a frame: points, masks, average traces
                frame = pa.ipc.open_stream(message).read_next_batch()
                about = {key.decode(): value.decode() for key, value in frame.schema.metadata.items()}
                await socket.send(json.dumps({"type": "ack", "seq": int(about["seq"])}))
                if about["kind"] == "points":
                    points.append(frame)
                    if about["last"] == "1":  # seen from straight ahead: scene.model is the whole matrix
                        await socket.send(json.dumps({"type": "stroke", "id": 1, "polygon": LEFT_HALF,
                                                      "matrix": scene["model"], "operation": "replace"}))  # fmt: skip
            elif (text := json.loads(message))["type"] == "scene":
                scene = text
            elif text["type"] == "selected" and text["id"] == 1:
                break
        file = await asyncio.to_thread(lambda: urlopen(Request(f"{base}/api/selection.arrow", headers=bearer)).read())
    return pa.Table.from_batches(points), pa.ipc.open_file(file).read_all()


cloud, curves = asyncio.run(explore(sys.argv[1]))
print(f"{len(cloud)} points came; {len(curves)} curves lie in the left half, of ranks", end=" ")
print({each["values"]: each["counts"] for each in curves["rank"].value_counts().to_pylist()})
