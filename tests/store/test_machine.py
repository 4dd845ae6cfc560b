"""A store against a list of tables in memory, over long random histories."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from murmuration import store
from murmuration.errors import StoreError
from murmuration.store import catalog
from tests.store import made

SEEDS = st.integers(0, 255)
SHARE = st.integers(0, 15)
"""A place in the rows, in sixteenths: few bytes, so that long histories fit in hypothesis's buffer."""


class History(RuleBasedStateMachine):
    """Each rule changes the store and the model; their newest states must be equal after it."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.lab = store.create(self.folder / "lab", rows_a_file=32)
        self.states: list[pa.Table] = []
        self.past: list[int] = []  # snapshots undo leads to, by their index in states
        self.future: list[int] = []
        self.tags: dict[str, int] = {}
        self.steps = 0

    def push(self, state: pa.Table) -> None:
        self.states.append(state)
        self.past.append(len(self.states) - 1)
        self.future.clear()

    def widened(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """A batch with the computed columns that the newest snapshot has."""
        for name in self.states[-1].column_names[len(made.SCHEMA) :] if self.states else ():
            batch = batch.append_column(name, computed(batch, int(name[1:])))
        return batch

    @rule(seed=SEEDS, rows=st.integers(1, 40))
    def append(self, seed: int, rows: int) -> None:
        new = self.widened(made.batch(seed, rows))
        parts = [new.slice(0, rows // 2), new.slice(rows // 2)] if seed % 2 and rows > 1 else [new]
        self.lab.append(parts)
        before = self.states[-1:] if self.states else []
        self.push(pa.concat_tables([*before, pa.Table.from_batches([new])]))

    @precondition(lambda self: self.states)
    @rule(seed=SEEDS, start=SHARE, rows=st.integers(1, 70))
    def replace(self, seed: int, start: int, rows: int) -> None:
        state = self.states[-1]
        first = len(state) * start // 16
        new = self.widened(made.batch(seed, min(rows, len(state) - first)))
        self.lab.replace_rows(first, [new])
        self.push(
            pa.concat_tables([state.slice(0, first), pa.Table.from_batches([new]), state.slice(first + len(new))])
        )

    @precondition(lambda self: self.states and self.states[-1].num_columns < len(made.SCHEMA) + 3)
    @rule()
    def add_column(self) -> None:
        k = len(self.states)
        self.lab.add_column(pa.field(f"c{k}", pa.float64()), lambda batch: computed(batch, k), ["x"])
        state = self.states[-1].combine_chunks()
        self.push(state.append_column(f"c{k}", computed(state, k)))

    @precondition(lambda self: len(self.past) > 1)
    @rule(share=st.integers(0, 3))
    def undo(self, share: int) -> None:
        steps = min(1 + share * share, len(self.past) - 1)
        self.lab.undo(steps)
        for _ in range(steps):
            self.future.append(self.past.pop())
        self.states.append(self.states[self.past[-1]])

    @rule()
    def redo(self) -> None:
        if not self.future:
            with pytest.raises(StoreError):
                self.lab.redo()
            return
        self.lab.redo()
        self.past.append(self.future.pop())
        self.states.append(self.states[self.past[-1]])

    @precondition(lambda self: self.states)
    @rule(seed=SEEDS, kind=st.integers(0, 2))
    def refuse(self, seed: int, kind: int) -> None:
        """Rows that break a guard, behind good ones."""
        bad = self.widened(made.batch(seed, 20))
        column, values = (
            ("x", pa.array([np.nan] * 20)), ("rank", pa.array([77] * 20, pa.int8())), ("ainvs", ["[0,0,0,0,0]"] * 20),
        )[kind]  # fmt: skip
        bad = made.changed(bad, column, pa.array(values))
        with pytest.raises(StoreError, match=column):
            self.lab.append([self.widened(made.batch(seed + 1, 50)), bad])

    @precondition(lambda self: self.states)
    @rule(name=st.sampled_from("ab"), share=SHARE)
    def tag(self, name: str, share: int) -> None:
        number = 1 + (len(self.states) - 1) * share // 15
        self.lab.tag(name, number)
        self.tags[name] = number

    @rule()
    def reopen(self) -> None:
        self.lab = store.open(self.folder / "lab", rows_a_file=32)
        with catalog.reading(self.lab.path) as db:
            assert set(self.lab.data.glob("data/*")) <= {self.lab.data / name for name in catalog.files(db)}

    @precondition(lambda self: self.states)
    @rule(before=SHARE, after=SHARE)
    def diff(self, before: int, after: int) -> None:
        a, b = ((len(self.states) - 1) * share // 15 for share in (before, after))
        old, new = self.states[a], self.states[b]
        found = self.lab.diff(a + 1, b + 1)
        assert found.rows == (len(old), len(new))
        assert set(found.added) == set(new.column_names) - set(old.column_names)
        marked = {
            name: np.zeros(min(len(old), len(new)), bool) for name in old.column_names if name in new.column_names
        }
        for each in found.changed:
            for name in each.columns:
                marked[name][each.start : each.stop] = True
        for name, where in marked.items():
            pairs = zip(old[name].to_pylist(), new[name].to_pylist(), strict=False)
            assert where.tolist() == [one != two for one, two in pairs]

    @precondition(lambda self: self.states)
    @rule(share=SHARE, start=SHARE, stop=SHARE)
    def check_out(self, share: int, start: int, stop: int) -> None:
        k = (len(self.states) - 1) * share // 15
        state = self.states[k]
        first, last = sorted(len(state) * each // 15 for each in (start, stop))
        assert self.lab.checkout(k + 1).columns(start=first, stop=last).equals(state.slice(first, last - first))

    @invariant()
    def the_newest_is_equal(self) -> None:
        self.steps += 1
        if self.states and self.steps % 4 == 0:
            assert self.lab.checkout().columns().equals(self.states[-1])
            assert len(self.lab.snapshots()) == len(self.states)
            assert self.lab.tags() == self.tags

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            for number, state in list(enumerate(self.states, 1))[:: max(1, len(self.states) // 20)]:
                assert self.lab.checkout(number).columns().equals(state)
            shutil.rmtree(self.folder)


def computed(batch: pa.RecordBatch | pa.Table, k: int) -> pa.Array:
    column = batch["x"]
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pa.array(flat.to_numpy() * k)


def explore(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_500_steps() -> None:
    explore(examples=5, steps=100)


@pytest.mark.slow
def test_10_000_steps() -> None:
    explore(examples=20, steps=500)
