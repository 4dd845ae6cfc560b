"""Data sets as mathematicians have them, each as a stream of chunks: ``open_source("cremona").chunks()``."""

from murmuration.sources.opening import open_source
from murmuration.sources.repack import repack
from murmuration.sources.source import Chunk, Options, Source

__all__ = ["Chunk", "Options", "Source", "open_source", "repack"]
