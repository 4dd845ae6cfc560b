"""A table shown in a notebook, without a notebook: the frame that a cell displays, and the server behind it."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

import murmuration as mm
from murmuration.errors import AccessError
from murmuration.show import show
from scripts.entering import enter
from tests.conftest import ROOT

CURVES = """label,conductor,rank,torsion,ainvs
11a1,11,0,5,"[0,-1,1,-10,-20]"
11a2,11,0,1,"[0,-1,1,-7820,-263580]"
14a1,14,0,6,"[1,0,1,4,-6]"
37a1,37,1,1,"[0,0,1,-1,0]"
"""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> mm.CurveTable:
    """Four curves, two of them of one class: all have to be shown."""
    file = tmp_path_factory.mktemp("few") / "few.csv"
    file.write_text(CURVES)
    return mm.read(file)


def test_a_cell_shows_the_page_of_a_running_server(few: mm.CurveTable) -> None:
    assert mm.show is show
    shown = show(few, "a2,a3,a5", primes=20, height=500)
    try:
        frame = shown._repr_html_()
        found = re.fullmatch(r'<iframe src="(http://[^"]+)" width="100%" height="500" .*></iframe>', frame)
        assert found
        assert "xr-spatial-tracking" in frame
        base, key = enter(found[1])
        assert base == shown.address
        request = urllib.request.Request(f"{base}api/table.csv", headers={"Murmuration-Key": key})
        with urllib.request.urlopen(request) as answer:
            assert len(answer.read().decode().splitlines()) == len(few) + 1 == 5
        with urllib.request.urlopen(base) as answer:
            assert "frame-ancestors 'self' http://localhost:* " in answer.headers["Content-Security-Policy"]
        assert shown._repr_html_() != frame  # a new code each time
        again = show(few, "a2,a3,a5", primes=20)
        assert again is shown
        assert show(few, "a2,a3,a5", primes=10) is not shown
    finally:
        for served in list(mm_served()):
            served.close()
    assert "has ended" in shown._repr_html_()
    with pytest.raises(AccessError, match=r"The server of this table has ended: call mm\.show again"):
        shown.link()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(shown.address, timeout=5)


def mm_served() -> list[mm.ServedTable]:
    """The servers that this process has started."""
    return list(sys.modules["murmuration.show"]._served.values())


def test_a_refusal_of_the_server_is_one_line(few: mm.CurveTable) -> None:
    with pytest.raises(AccessError, match=r"^The server did not start: .*beauty") as refused:
        show(few, projection="beauty")
    assert "\n" not in str(refused.value)


SCRIPT = """
import murmuration as mm
shown = mm.show(mm.read("assets/cremona-10000.parquet").part(0, 200), primes=10)
print(shown._process.pid, shown.address, flush=True)
input()
"""


def test_the_server_ends_with_the_notebook_even_when_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          cwd=ROOT) as kernel:  # fmt: skip
        assert kernel.stdout is not None
        pid, address = kernel.stdout.readline().split()
        kernel.send_signal(signal.SIGKILL)
        kernel.wait()
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}healthz", timeout=1):
                pass
        except OSError:
            return
    os.kill(int(pid), signal.SIGKILL)
    pytest.fail("the server outlived the notebook")
