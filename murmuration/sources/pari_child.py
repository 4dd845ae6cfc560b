"""The child process of :mod:`murmuration.sources.pari`: a line of GP in, a line with its value out.

The value is empty where PARI raised. The lines come from that module alone, which builds them from checked integers.
"""

import sys


def serve() -> None:
    """Answer until stdin ends."""
    from cypari import pari  # in the main thread first: elsewhere its import may crash

    pari.allocatemem(2**26, 2**29, silent=True)
    print("ready", flush=True)  # noqa: T201 - the pipe is the interface
    for line in sys.stdin:
        try:
            answer = "".join(str(pari(line.strip())).split())
        except Exception:  # noqa: BLE001 - PARI's errors are of many types; the caller sees that there is no value
            answer = ""
        print(answer, flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
