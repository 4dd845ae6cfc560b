"""The tasks of a session: they are cancelled with it, and their errors are logged."""

import asyncio

import pytest

from server.live.tasks import Tasks


async def test_a_mistake_is_said_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async def mistake() -> None:
        raise ZeroDivisionError

    work = Tasks()
    work.start(mistake())
    await asyncio.sleep(0.01)
    assert "a part of the session failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    await work.end()


async def test_running_tasks_are_cancelled_without_a_log_line(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("run")

    work = Tasks()
    work.start(run())
    await asyncio.sleep(0)
    await work.end()
    assert ended == ["run"]
    assert caplog.text == ""
