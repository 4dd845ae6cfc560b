"""What the tests of the sources do with them."""

import pyarrow as pa

from murmuration.sources import Source


def whole(source: Source) -> pa.Table:
    """All chunks of a source as one table. Their offsets must be without a gap."""
    chunks = list(source.chunks())
    rows = 0
    for chunk in chunks:
        assert chunk.offset == rows
        assert chunk.where
        rows += chunk.table.num_rows
    return pa.concat_tables([chunk.table for chunk in chunks]).combine_chunks()
