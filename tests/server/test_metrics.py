"""The metrics of the server, read as Prometheus reads them."""

from server import metrics
from tests.conftest import Server
from tests.web import get, sample
from tests.wire import connect


def test_reported_figures_are_in_the_metrics() -> None:
    before = metrics.text().decode()
    metrics.count_frame("points", 1200)
    metrics.count_frame("points", 300)
    metrics.observe_lateness(-1)
    metrics.observe_lateness(0.3)
    metrics.observe_lasso(0.15)
    metrics.client_joined("viewer")
    metrics.count_refusal("host")
    metrics.watch_queue(lambda: 17)
    metrics.set_compute("wireframe")
    after = metrics.text().decode()

    def grown(name: str, **labels: str) -> float:
        return sample(after, name, **labels) - sample(before, name, **labels)

    assert grown("murmuration_frames_total", kind="points") == 2
    assert grown("murmuration_frame_bytes_total", kind="points") == 1500
    assert grown("murmuration_frame_lateness_seconds_count") == 2
    assert grown("murmuration_frame_lateness_seconds_bucket", le="0.0") == 1
    assert grown("murmuration_lasso_seconds_bucket", le="0.2") == 1
    assert grown("murmuration_lasso_seconds_bucket", le="0.1") == 0
    assert grown("murmuration_clients", scope="viewer") == 1
    assert grown("murmuration_refusals_total", reason="host") == 1
    assert sample(after, "murmuration_queue_frames") == 17
    states = {state: sample(after, "murmuration_compute_state", state=state) for state in ("cpu", "gpu", "wireframe")}
    assert states == {"cpu": 0, "gpu": 0, "wireframe": 1}
    metrics.client_left("viewer")
    assert sample(metrics.text().decode(), "murmuration_clients", scope="viewer") == 0


async def test_a_client_and_its_lasso_are_counted(quick_server: Server) -> None:
    async with connect(quick_server) as wire:
        scene = await wire.text("scene")
        polygon = [[-2, -2], [0, -2], [0, 2], [-2, 2]]
        await wire.send("stroke", id=1, polygon=polygon, matrix=scene["model"], operation="replace")
        await wire.text("selected", id=1)
        status, text, headers = get(quick_server, "/metrics", Authorization=f"Bearer {quick_server.token}")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=")
    assert sample(text, "murmuration_clients", scope="editor") == 1
    assert sample(text, "murmuration_lasso_seconds_count") == 1
    assert sample(text, "process_resident_memory_bytes") > 1e6
    assert quick_server.token not in text
