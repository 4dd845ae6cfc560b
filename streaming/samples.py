"""A good message of each kind, for the reader of docs/protocol.md and for tests."""

from typing import Any

from streaming.messages import (
    Ack,
    Against,
    Axis,
    Card,
    ClassCount,
    Clear,
    ClientMessage,
    Describe,
    Drop,
    Forget,
    Granted,
    Here,
    Introduce,
    Mark,
    Moved,
    Name,
    Named,
    Open,
    People,
    Person,
    Place,
    Recall,
    Record,
    Recording,
    Redo,
    Refused,
    Scene,
    Selected,
    Selections,
    ServerMessage,
    State,
    Stroke,
    Undo,
    View,
    Viewpoint,
    Welcome,
)

MATRIX = [0.00003, 0.0, 0.0, 0.0, 0.0, 0.00003, 0.0, 0.0, 0.0, 0.0, 0.00003, 0.0, -1.0, -1.0, -1.0, 1.0]
HEAD = [0.0, 0.2, 2.5, 0.0, 0.0, 0.0, 1.0]
HAND = [0.3, -0.1, 2.1, 0.0, 0.7, 0.0, 0.7]

FROM_CLIENT: tuple[ClientMessage, ...] = (
    Ack(7),
    Viewpoint(MATRIX, 400_000),
    Here(41, "vr", HEAD, [HAND]),
    Introduce("Ada"),
    Describe(1234),
    Against("ratio"),
    Stroke(3, [[-0.5, -0.5], [0.5, -0.5], [0.0, 0.5]], MATRIX, "add"),
    Clear(4),
    Undo(5),
    Redo(6),
    View("pc1,a2,logN", "torsion", [7500, 10000]),
    Name("left band"),
    Recall(7, "left band", "intersect"),
    Open(8, '[{"stroke": {}, "projection": "pc1,pc2,pc3", "classes": "rank", "conductor": [11, 99], "basis": {}}]'),
    Forget("left band"),
    Mark("left band", True),
    Record(True),
)

FROM_SERVER: tuple[ServerMessage, ...] = (
    Welcome(2, "q1XMhgGRQ2eYvvH4wXbN3JxK", "Ada", "#e69f00", "editor", False),
    Granted(400_000, 398_112),
    Drop([11, 12]),
    People([Person(1, "Carl", "#56b4e9", "browser"), Person(2, "Ada", "#e69f00", "vr")]),
    Moved([Place(1, 17, HEAD, [])]),
    Scene(1, 0, "cremona-10000", "0", 10_293, 0, [7500, 10000], "pc1,pc2,logN",
          [Axis("pc1", "component", -4.1, 4.9, 0.0021, 2.1, True, None, None, ""),
           Axis("pc2", "component", -4.4, 4.2, 0.0018, 1.8, True, None, None, ""),
           Axis("logN", "column", 8.92, 9.21, None, None, True, None, None, "")],
          1.72, "rank", ["rank", "root_number", "torsion"], [ClassCount("0", 4328), ClassCount("1", 5965)], MATRIX,
          [10_293], [[1, 1]]),
    Selected(3, 12, 4812, [4328, 484], 1.9, "lasso", ""),
    Selections(4, [Named("left band", 4812, "#009e73", 1)]),
    Card(1234, "1234a1", "1234a", 1234, 1, -1, 2, "[1,0,0,-3,1]", "y² + xy = x³ − 3x + 1",
         "https://www.lmfdb.org/EllipticCurve/Q/1234a1"),
    State("cpu", "Computing on the CPU."),
    Recording(True, "Ada"),
    Refused("stroke", 3, "expected 3 to 10,000 vertices, got 2"),
)  # fmt: skip


def sample(kind: type[Any]) -> ClientMessage | ServerMessage:
    """The message of a kind."""
    return next(each for each in (*FROM_CLIENT, *FROM_SERVER) if type(each) is kind)
