"""Enter a server with the address that devshell printed, as a browser does: a code for a key."""

import json
import ssl
import urllib.request


def enter(address: str, context: ssl.SSLContext | None = None) -> tuple[str, str]:
    """The address of the page without its code, and a key, to be sent as `Authorization: Bearer KEY`.

    Raises OSError when the server is not reached or refuses.
    """
    base, _, code = address.strip().partition("#code=")
    body = json.dumps({"code": code}).encode()
    request = urllib.request.Request(f"{base}enter", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30, context=context) as answer:
        return base, json.load(answer)["key"]
