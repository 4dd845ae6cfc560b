import asyncio

import pytest

from server.compute import progress
from server.compute.progress import telling


@pytest.fixture
def said() -> list[tuple[int, int]]:
    return []


async def test_a_short_task_is_never_spoken_of(said: list[tuple[int, int]]) -> None:
    async with telling(lambda *step: said.append(step)) as tell:
        tell(1, 4)
    await asyncio.sleep(0)
    assert said == []


async def test_a_long_one_is_told_from_then_on_and_always_ends(
    said: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.01)

    async def fail() -> None:
        async with telling(lambda *step: said.append(step)) as tell:
            await asyncio.to_thread(tell, 1, 4)
            while not said:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(tell, 2, 4)
            await asyncio.to_thread(tell, 3, 4)
            await asyncio.sleep(0.01)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert said[-3:] == [(2, 4), (3, 4), (4, 4)]
