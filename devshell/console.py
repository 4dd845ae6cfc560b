"""The terminal: remarks about the work go to stderr; stdout holds results only."""

from rich.console import Console

console = Console(stderr=True, highlight=False, soft_wrap=True)
