import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from devshell.quarantine import app
from murmuration.errors import MurmurationError
from murmuration.ingest import PebbleEngine, ingest
from tests.ingest.conftest import raw, source
from tests.ingest.poison import Poison


def test_the_quarantine_is_listed_and_retried(tmp_path: Path) -> None:
    table = raw()[:100]
    label = table["label"][42].as_py()
    with PebbleEngine(1) as engine:
        list(ingest(source(table, 50), tmp_path, engine, Poison({label: "segfault"}, scored=False)))
    runner = CliRunner()
    line = runner.invoke(app, ["--run", str(tmp_path)]).stdout.strip().split("\t")
    assert line[:2] == ["42", label]
    assert line[3] == "SIGSEGV"
    one = json.loads(runner.invoke(app, ["--run", str(tmp_path), "--json"]).stdout)
    assert (one["offset"], one["code"], one["sha256"]) == (42, -11, line[4])
    runner.invoke(app, ["--run", str(tmp_path), "retry"], catch_exceptions=False)
    assert runner.invoke(app, ["--run", str(tmp_path)]).stdout == ""


def test_a_folder_is_wanted() -> None:
    with pytest.raises(MurmurationError, match="--run FOLDER"):
        CliRunner().invoke(app, [], catch_exceptions=False)
