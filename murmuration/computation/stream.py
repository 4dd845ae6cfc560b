"""A computation over a pipe or socket: a header, the parts as an Arrow stream, and the result as another.

A request is a line of JSON, {"name": ..., "parameters": ...}, and an Arrow IPC stream of the parts. The answer is an
Arrow IPC stream of one row: a list of int64 for each array, with their shapes in the schema's metadata.
"""

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, Any

import pyarrow as pa

from murmuration.computation.fold import Arrays, Fold, Parameters
from murmuration.computation.part import part_of


def ask(file: IO[bytes], name: str, parameters: Parameters, parts: Iterator[pa.RecordBatch]) -> None:
    """Send a request; at least one part."""
    file.write(json.dumps({"name": name, "parameters": dict(parameters)}).encode() + b"\n")
    first = next(parts)
    with pa.ipc.new_stream(file, first.schema) as writer:
        for batch in chain([first], parts):
            writer.write_batch(batch)
    file.flush()


def answer(file_in: IO[bytes], file_out: IO[bytes], begin: Callable[[str, Parameters], Fold]) -> bool:
    """Read a request, run it and send the result; False at the end of the stream."""
    line = file_in.readline()
    if not line:
        return False
    asked: dict[str, Any] = json.loads(line)
    fold = begin(asked["name"], asked["parameters"])
    with pa.ipc.open_stream(file_in) as reader:
        for batch in reader:
            fold.add(part_of(batch, fold.primes))
    arrays = fold.result()
    shapes = json.dumps({name: list(array.shape) for name, array in arrays.items()})
    columns = [pa.array([array.ravel()], type=pa.large_list(pa.int64())) for array in arrays.values()]
    batch = pa.record_batch(columns, names=list(arrays)).replace_schema_metadata({"shapes": shapes})
    with pa.ipc.new_stream(file_out, batch.schema) as writer:
        writer.write_batch(batch)
    file_out.flush()
    return True


def arrays_of(file: IO[bytes]) -> Arrays:
    """Read an answer. Raises OSError, EOFError or ArrowException unless it came whole."""
    with pa.ipc.open_stream(file) as reader:
        batch = reader.read_next_batch()
        batch.validate(full=True)
        shapes = json.loads(reader.schema.metadata[b"shapes"])
        return {name: batch[name].flatten().to_numpy().reshape(shape) for name, shape in shapes.items()}
