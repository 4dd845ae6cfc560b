"""A headset on a USB cable: `adb reverse` lets it open http://localhost here, which is a secure context without TLS."""

import shutil
import subprocess

PATIENCE = 20.0
"""Seconds for one call; the first starts adb's own server."""


def reverse(port: int) -> list[str]:
    """Let every attached device reach ``port`` of this machine as its own; the outcome, as lines for the user.

    Never fails: where adb or a device is missing, the lines give the command to type.
    """
    command = ["reverse", f"tcp:{port}", f"tcp:{port}"]
    by_hand = f"adb {' '.join(command)}"
    adb = shutil.which("adb")
    if adb is None:
        return [f"adb is not installed here. Where it is, with the headset attached, type: {by_hand}"]
    status, said = _call(adb, "devices")
    if status != 0:
        return [f"adb devices failed: {said}. When it works, type: {by_hand}"]
    attached = [line.split() for line in said.splitlines()[1:] if len(line.split()) >= 2]
    if not attached:
        return [f"No device is attached. Attach the headset, allow USB debugging in it, and type: {by_hand}"]
    return [_one(adb, serial, state, command) for serial, state, *_ in attached]


def _one(adb: str, serial: str, state: str, command: list[str]) -> str:
    by_hand = f"adb -s {serial} {' '.join(command)}"
    if state != "device":
        return f"{serial} is {state}: put the headset on, allow USB debugging, and type: {by_hand}"
    status, said = _call(adb, "-s", serial, *command)
    if status != 0:
        return f"{serial}: {by_hand} failed: {said}"
    return f"{serial} reaches this server as localhost."


def _call(adb: str, *arguments: str) -> tuple[int, str]:
    """Exit status and output: stdout or, where that is empty, the last line of stderr."""
    try:
        done = subprocess.run(
            [adb, *arguments], capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, "it did not answer" if isinstance(error, subprocess.TimeoutExpired) else str(error.strerror)
    return done.returncode, done.stdout.strip() or (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
