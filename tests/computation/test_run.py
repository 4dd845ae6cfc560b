"""Three ways to run a computation over the shards of a store, which give the same integers."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import murmuration as mm
from murmuration import store
from murmuration.computation import Cluster, Recipe, begin, digest_of, recipe_of, run, shards
from murmuration.computation.run import trace_columns
from murmuration.errors import MurmurationError, RecipeError, StoreError
from murmuration.store import SnapshotView
from server.compute.device import Device
from streaming.messages import State
from tests.computation.conftest import PRIMES
from tests.conftest import ROOT

SQUARE = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]
MATRIX = np.diag([1 / 65535, 1 / 65535, 1.0, 1.0]).tolist()
AXES = [{"kind": "trace", "prime": 2}, {"kind": "column", "name": "logN"}]
RECIPES: list[tuple[str, dict[str, Any]]] = [
    ("averages", {"by": "rank", "primes": PRIMES}),
    ("averages", {"by": "torsion", "primes": 7, "conductor": [500, 2000]}),
    ("averages", {"by": "root_number", "primes": PRIMES, "bins": 20, "top": 0.01}),
    ("gram", {"primes": PRIMES}),
    ("gram", {"primes": 11, "conductor": [500, 2000]}),
    (
        "lasso",
        {
            "by": "rank", "primes": 2, "axes": AXES, "low": [-1.5, 2.0, 0.0], "high": [1.5, 10.0, 0.0],
            "matrix": MATRIX, "polygon": SQUARE,
        },
    ),
]  # fmt: skip


async def in_child(recipe: Recipe, view: SnapshotView) -> str:
    """The digest of a recipe's result by the child of a device."""
    device, told = Device("process"), asyncio.Event()

    def tell(_state: State) -> None:
        told.set()

    running = asyncio.create_task(device.run(tell))
    try:
        await asyncio.wait_for(told.wait(), 60)
        fold = begin(recipe.name, recipe.parameters)
        names = [*fold.columns, *trace_columns(view, fold.primes)]

        def parts() -> Iterator[pa.RecordBatch]:
            for start, stop in shards(view, *recipe.rows):
                yield from view.batches(names, start, stop)

        arrays = await asyncio.to_thread(device.fold, recipe.name, recipe.parameters, parts())
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return digest_of(arrays)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of distributed
@pytest.mark.parametrize(("name", "parameters"), RECIPES, ids=[f"{name}{k}" for k, (name, _) in enumerate(RECIPES)])
async def test_a_thread_a_child_and_a_cluster_give_the_same_integers(
    view: SnapshotView, cluster: str, name: str, parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of(view, name, parameters, rows=(100, 11_900))
    done: list[tuple[int, int]] = []
    here = run(recipe, view, progress=lambda k, n: done.append((k, n)))
    assert done[-1] == (5, 5)
    assert sum(int(array.sum() != 0) for array in here.arrays.values()) > 0
    monkeypatch.setattr("murmuration.computation.cluster.GROUP", 2)
    with Cluster(cluster) as elsewhere:
        done.clear()
        there = run(Recipe.from_json(recipe.to_json()), view, elsewhere, lambda k, n: done.append((k, n)))
    assert done[-1] == (5, 5)
    assert "2 Dask workers" in there.hardware
    assert here.digest == there.digest == await in_child(recipe, view)


def test_averages_and_gram_are_those_of_the_library(
    view: SnapshotView, table: mm.CurveTable, traces: mm.Traces
) -> None:
    some = mm.Traces(traces.primes[:PRIMES], traces.values[:12_000, :PRIMES])
    found = run(recipe_of(view, "gram", {"primes": PRIMES}), view).arrays
    wide = some.values.astype(np.int64)
    assert np.array_equal(found["gram"], wide.T @ wide)
    assert np.array_equal(found["total"], wide.sum(axis=0))
    arrays = run(recipe_of(view, "averages", {"by": "rank", "primes": PRIMES}), view).arrays
    rank0 = table.category("rank")[:12_000] == 0
    assert arrays["curves"][1] == rank0.sum()
    assert np.array_equal(arrays["total"][1], wide[rank0].sum(axis=0))
    assert np.array_equal(arrays["squares"][1], (wide[rank0] ** 2).sum(axis=0))


def test_a_recipe_of_another_snapshot_or_of_what_is_not_there_is_refused(view: SnapshotView) -> None:
    recipe = recipe_of(view, "gram", {"primes": PRIMES})
    other = Recipe(recipe.name, recipe.parameters, "0" * 64, recipe.rows)
    with pytest.raises(RecipeError, match="expected the snapshot 0000"):
        run(other, view)
    with pytest.raises(RecipeError, match="expected rows between 0 and 12,000"):
        run(recipe_of(view, "gram", {"primes": PRIMES}, rows=(0, 12_001)), view)
    with pytest.raises(StoreError, match="expected between 1 and the 60 primes"):
        run(recipe_of(view, "gram", {"primes": 61}), view)
    for name, parameters in (("sum", {}), ("gram", {}), ("averages", {"by": "label", "primes": 3})):
        with pytest.raises(MurmurationError, match=r"^expected"):
            run(recipe_of(view, name, parameters), view)
    for text in ("", "[]", '{"rows": [1, 2]}', '{"rows": 3}'):
        with pytest.raises(RecipeError, match="expected the recipe of a computation"):
            Recipe.from_json(text)


def test_no_rows_give_zeros_of_the_same_shape(view: SnapshotView) -> None:
    for name, parameters in RECIPES:
        empty = run(recipe_of(view, name, parameters, rows=(5, 5)), view).arrays
        full = run(recipe_of(view, name, parameters), view).arrays
        assert {key: array.shape for key, array in empty.items()} == {key: a.shape for key, a in full.items()}
        assert not any(array.any() for array in empty.values())


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of distributed
def test_a_damaged_file_on_the_cluster_is_reported_in_one_line(
    view: SnapshotView, cluster: str, tmp_path: Path
) -> None:
    shutil.copytree(view.path, tmp_path / "copy")
    copy = store.open(tmp_path / "copy").checkout()
    (file,) = sorted((tmp_path / "copy").glob("data.lance/data/*"))[:1]
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with Cluster(cluster) as elsewhere, pytest.raises(StoreError, match="another SHA-256") as refused:
        run(recipe_of(copy, "gram", {"primes": PRIMES}), copy, elsewhere)
    assert "\n" not in str(refused.value)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of distributed
def test_the_command_line_gives_the_same_numbers_on_a_cluster(cluster: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "devshell.main", "run", "murmuration", "--limit", "400", "--primes", "30"]
    for name, options in (("here", []), ("there", ["--scheduler", cluster])):
        done = subprocess.run(
            [*command, "--output", str(tmp_path / name), *options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "here" / "murmuration.csv").read_bytes() == (tmp_path / "there" / "murmuration.csv").read_bytes()
