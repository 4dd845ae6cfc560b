"""How many cores this process may use."""

import os


def cores() -> int:
    """Cores that the process is allowed on, which in a container or under taskset are fewer than the machine's."""
    allowed = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(allowed(0)) if allowed else os.cpu_count() or 1
