#!/usr/bin/env bash
# An Arrow file of Polars cannot be read as the stream that the format puts into it.
#
# One would guess: an Arrow IPC file is the magic "ARROW1", padding, a whole IPC stream, and a footer (Arrow columnar
#   format, "IPC File Format"), so a reader may skip 8 bytes and read the stream, as tools that read from a pipe do.
# Observed: Polars 2.1.0 writes the first message, the schema, without its continuation marker and length. pyarrow reads
#   the file by its footer, and refuses the stream: "Invalid flatbuffers message". pyarrow's own files can be read both
#   ways.
# Met by: users who export a table of curves by DataFrame.write_ipc and read it with anything that reads files forward.
# Source: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet polars==2.1.0 pyarrow==26.0.1
"$folder/env/bin/python" - "$folder" <<'PYTHON'
import sys

import polars
import pyarrow as pa

folder = sys.argv[1]
print("polars", polars.__version__, "pyarrow", pa.__version__)
frame = polars.DataFrame({"label": ["11a1", "37a1"], "rank": [0, 1]})
frame.write_ipc(f"{folder}/polars.arrow", compression="uncompressed")
with pa.ipc.new_file(f"{folder}/pyarrow.arrow", frame.to_arrow().schema) as writer:
    writer.write_table(frame.to_arrow())

outcomes = {}
for name in ("pyarrow", "polars"):
    data = open(f"{folder}/{name}.arrow", "rb").read()
    by_footer = pa.ipc.open_file(data).read_all().num_rows
    try:
        as_stream = pa.ipc.open_stream(data[8:]).read_all().num_rows
    except OSError as error:
        as_stream = str(error)
    outcomes[name] = by_footer, as_stream
    print(f"{name}: bytes 8 to 12 {data[8:12].hex()}, by footer {by_footer} rows, as a stream {as_stream}")
sys.exit(outcomes != {"pyarrow": (2, 2), "polars": (2, "Invalid flatbuffers message.")})
PYTHON
