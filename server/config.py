"""What a server is started with: one frozen object, made at the edge and passed down."""

from dataclasses import dataclass, field
from pathlib import Path

from server.tokens import Tokens, new

STATIC = Path(__file__).parent.parent / "client_webxr" / "dist"
"""The built browser client."""


@dataclass(frozen=True)
class Config:
    """host and port to listen on (port 0 takes a free one), and the tokens, one of which every request must show."""

    host: str = "127.0.0.1"
    port: int = 8765
    tokens: Tokens = field(default_factory=new)
    static: Path = STATIC
