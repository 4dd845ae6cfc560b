"""Metrics: what the server counts about itself, for Prometheus.

One registry for the process, since one process is one server; plain functions, so that whoever knows a number says it
in one line and nobody holds a metric. Nothing here names a data set, a curve, a selection or a person.

Buckets end where the bars are: a lasso is felt at 200 ms, a control round trip at 50 ms, a client is cut off at 10 s.
"""

from collections.abc import Callable
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streaming.messages import Compute

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""The media type of :func:`text`."""

Refusal = Literal["host", "origin", "token", "rate", "scope", "connections"]
"""Why somebody was refused."""

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
    """One client more."""
    _clients.labels(scope).inc()


def client_left(scope: str) -> None:
    """One client less."""
    _clients.labels(scope).dec()


def count_frame(kind: str, size: int) -> None:
    """A frame of ``size`` bytes was handed to the network."""
    _frames.labels(kind).inc()
    _bytes.labels(kind).inc(size)


def observe_lateness(seconds: float) -> None:
    """How late a frame was sent; what was in time counts as 0."""
    _lateness.observe(max(seconds, 0.0))


def observe_lasso(seconds: float) -> None:
    """How long the rows of a stroke took, waiting for others' included."""
    _lasso.observe(seconds)


def watch_queue(depth: Callable[[], int]) -> None:
    """Ask ``depth`` for the number of waiting frames whenever somebody reads the metrics; the last one given counts."""
    _queue.set_function(lambda: float(depth()))


def set_compute(state: Compute) -> None:
    """How the server computes from now on."""
    for each in get_args(Compute):
        _compute.labels(each).set(each == state)


def count_refusal(reason: Refusal) -> None:
    """Somebody was refused."""
    _refusals.labels(reason).inc()


def text() -> bytes:
    """All of it, in Prometheus' text format."""
    return generate_latest(_registry)
