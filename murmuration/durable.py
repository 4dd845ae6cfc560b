"""Durability of names: a file that was created or renamed survives a power cut once its folder is synced."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """fsync a folder, so that its names are durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
