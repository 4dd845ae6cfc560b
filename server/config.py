"""What a server is started with: one frozen object, made at the edge and passed down."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

STATIC = Path(__file__).parent.parent / "client_webxr" / "dist"
"""The built browser client."""


@dataclass(frozen=True)
class Config:
    """host and port to listen on (port 0 takes a free one), and the token that every request must show."""

    host: str = "127.0.0.1"
    port: int = 8765
    token: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    static: Path = STATIC
