"""The soft limit of descriptors, in a process of its own."""

import subprocess
import sys

from tests.conftest import ROOT

SCRIPT = """
import resource
from server.door import descriptors
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, hard))
print(descriptors.raise_limit() == min(descriptors.WANTED, hard), resource.getrlimit(resource.RLIMIT_NOFILE)[1] == hard)
"""


def test_the_soft_limit_rises_to_the_hard_limit() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(soft=256)], capture_output=True, text=True, cwd=ROOT,
                          check=True)  # fmt: skip
    assert done.stdout.split() == ["True", "True"]
