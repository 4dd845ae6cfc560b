"""Metrics of the server, for Prometheus.

There is one registry for the process, since one process is one server. Callers report through plain functions and hold
no metric. No metric names a data set, a curve, a selection or a person.

Buckets end at the limits of the requirements: 200 ms for a lasso, 50 ms for a control round trip, 10 s for a client
that does not read.
"""

from collections.abc import Callable
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streaming.messages import Compute

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""The media type of :func:`text`."""

Refusal = Literal["host", "origin", "token", "rate", "scope", "connections"]
"""Reasons for a refusal."""

_registry = CollectorRegistry()
ProcessCollector(registry=_registry)  # memory, CPU time, open files, start time

_clients = Gauge("murmuration_clients", "Connected clients.", ["scope"], registry=_registry)
_frames = Counter("murmuration_frames", "Frames sent.", ["kind"], registry=_registry)
_bytes = Counter("murmuration_frame_bytes", "Bytes of frames sent.", ["kind"], registry=_registry)
_lateness = Histogram(
    "murmuration_frame_lateness_seconds",
    "How long after its deadline a frame was sent; 0 for one in time.",
    buckets=(0, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)
_lasso = Histogram(
    "murmuration_lasso_seconds",
    "From the arrival of a stroke until its rows are known.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)
_queue = Gauge("murmuration_queue_frames", "Frames that wait to be sent, over all clients.", registry=_registry)
_compute = Gauge("murmuration_compute_state", "1 for how the server computes now.", ["state"], registry=_registry)
_refusals = Counter("murmuration_refusals", "Requests and messages refused.", ["reason"], registry=_registry)


def client_joined(scope: str) -> None:
    """Count a client that connected."""
    _clients.labels(scope).inc()


def client_left(scope: str) -> None:
    """Count a client that disconnected."""
    _clients.labels(scope).dec()


def count_frame(kind: str, size: int) -> None:
    """Count a frame of ``size`` bytes that was handed to the network."""
    _frames.labels(kind).inc()
    _bytes.labels(kind).inc(size)


def observe_lateness(seconds: float) -> None:
    """Observe by how many seconds a frame missed its deadline; a frame in time counts as 0."""
    _lateness.observe(max(seconds, 0.0))


def observe_lasso(seconds: float) -> None:
    """Observe the seconds from the arrival of a stroke until its rows are known, queueing included."""
    _lasso.observe(seconds)


def watch_queue(depth: Callable[[], int]) -> None:
    """Call ``depth`` for the number of queued frames whenever the metrics are read; the newest function counts."""
    _queue.set_function(lambda: float(depth()))


def set_compute(state: Compute) -> None:
    """Set the compute state."""
    for each in get_args(Compute):
        _compute.labels(each).set(each == state)


def count_refusal(reason: Refusal) -> None:
    """Count a refusal."""
    _refusals.labels(reason).inc()


def text() -> bytes:
    """All metrics in the text format of Prometheus."""
    return generate_latest(_registry)
