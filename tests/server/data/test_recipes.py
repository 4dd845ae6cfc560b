"""Recipes of a real server: downloads that replay in Python, on the command line and in a session."""

import asyncio
import io
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet
import pytest

import murmuration as mm
from murmuration.selection.recipe import Basis, read_recipe, replay
from murmuration.selection.stroke import resolve
from murmuration.selection.stroke import stroke as stroke_of
from tests.conftest import ROOT, Server, running
from tests.server.data.test_apidata import get
from tests.wire import Wire, connect

PRIMES = 50


async def stroke(wire: Wire, rng: random.Random, scene: dict[str, Any], id: int, operation: str) -> None:
    polygon = [[rng.uniform(-1.1, 1.1), rng.uniform(-1.1, 1.1)] for _ in range(rng.randint(3, 8))]
    await wire.send("stroke", id=id, polygon=polygon, matrix=scene["model"], operation=operation)
    await wire.text("selected", id=id)


async def edit(wire: Wire, seed: int) -> None:
    """Random strokes in two views, a named selection in between, and undone changes."""
    rng = random.Random(seed)
    scene = await wire.text("scene")
    await stroke(wire, rng, scene, 1, "replace")
    await stroke(wire, rng, scene, 2, "add")
    await wire.send("name", name="band")
    await wire.text("selections")
    await wire.send("view", projection="a2,a3,logN", classes="torsion", conductor=[8000, 9500])
    scene = await wire.text("scene")
    await stroke(wire, rng, scene, 3, "replace")
    await wire.send("recall", id=4, name="band", operation=rng.choice(["add", "subtract", "intersect"]))
    await wire.text("selected", id=4)
    await stroke(wire, rng, scene, 5, "add")
    await wire.send("undo", id=6)
    await wire.text("selected", id=6)


def recipes(server: Server, folder: Path) -> list[tuple[Path, list[int]]]:
    """The downloads of the selection and of the named one, and the rows in them."""
    files: list[tuple[Path, list[int]]] = []
    for name in ("", f"?name={quote('band')}"):
        for kind in ("parquet", "arrow"):
            path = folder / f"{len(files)}.{kind}"
            answer = get(server, f"/api/selection.{kind}{name}")
            path.write_bytes(answer.body)
            files.append((path, answer.table["row"].to_pylist()))
    return files


@pytest.mark.parametrize("seed", [1, 2])
async def test_downloaded_selections_replay_to_the_same_rows(
    quick_server: Server, table: mm.CurveTable, tmp_path: Path, seed: int
) -> None:
    traces = mm.trace(table, primes=PRIMES)
    async with connect(quick_server) as wire:
        await edit(wire, seed)
        files = recipes(quick_server, tmp_path)
        for path, rows in files:
            assert replay(read_recipe(path), table, traces).array().tolist() == rows
        # The same session opens one of them again, and another session would.
        path, rows = files[2]
        await wire.send("clear", id=7)
        await wire.text("selected", id=7)
        await wire.send("open", id=8, recipe=path_json(path))
        assert (await wire.text("selected", id=8))["count"] == len(rows)
        command = [sys.executable, "-m", "devshell.main", "lasso", "open", str(files[0][0]), "--port"]
        done = await asyncio.to_thread(
            subprocess.run, [*command, str(quick_server.port)], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert f"{len(files[0][1]):,} curves selected" in done.stderr
        await wire.send("undo", id=9)
        await wire.text("selected", id=9)
        again = pyarrow.parquet.read_table(io.BytesIO(get(quick_server, "/api/selection.parquet").body))
        assert again["row"].to_pylist() == rows


def path_json(path: Path) -> str:
    """The recipe of a file as JSON text, by the command line."""
    command = [sys.executable, "-m", "devshell.main", "lasso", "show", str(path), "--json"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


async def test_a_recipe_of_other_primes_is_refused_with_the_difference(quick_server: Server, tmp_path: Path) -> None:
    async with connect(quick_server) as wire:
        await stroke(wire, random.Random(3), await wire.text("scene"), 1, "replace")
    (tmp_path / "s.parquet").write_bytes(get(quick_server, "/api/selection.parquet").body)
    recipe = path_json(tmp_path / "s.parquet")
    with running("--conductor", "7500:10000", "--primes", "40") as other:
        async with connect(other) as wire:
            await wire.send("open", id=1, recipe=recipe)
            refused = await wire.text("refused", id=1)
            assert "drawn with 50 primes, cremona-10000 has 40 here: use --primes 50" in refused["message"]
            await wire.send("open", id=2, recipe="[]")
            assert (await wire.text("selected", id=2))["count"] == 0


def test_the_command_line_lists_the_curves_of_a_recipe(tmp_path: Path, table: mm.CurveTable) -> None:
    traces = mm.trace(table, primes=20)
    cloud = mm.cloud(mm.project(table, traces, "a2,a3,logN", (11, 500)), "rank")
    made = stroke_of([(-2, -2), (0, -2), (0, 2), (-2, 2)], cloud.model, "replace")
    view = {"projection": "a2,a3,logN", "classes": "rank", "conductor": [11, 500]}
    step = {"stroke": made.recipe(), **view, "basis": Basis.of(table, traces).to_json()}
    (tmp_path / "s.json").write_text(json.dumps([step]))
    command = [sys.executable, "-m", "devshell.main", "lasso", "apply", str(tmp_path / "s.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    wanted = table.take(resolve(made, cloud))["label"].to_pylist()
    assert done.stdout.split() == wanted
    assert f"{len(wanted):,} curves" in done.stderr
