"""The processes of a machine, as /proc has them."""

from __future__ import annotations

import time
from pathlib import Path


def children(of: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == of:
            found.append(int(folder.name))
    return found


def below(pid: int) -> list[int]:
    """Every process that a process has started, and those that they have started."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def workers_of(pid: int) -> list[int]:
    """The processes that a run has started to grade in: spawned, or forked, which have its own command."""
    commands = {child: Path(f"/proc/{child}/cmdline") for child in children(pid)}
    own = Path(f"/proc/{pid}/cmdline").read_bytes()
    said = {child: command.read_bytes() for child, command in commands.items() if command.exists()}
    return [child for child, command in said.items() if b"spawn_main" in command or command == own]


def gone(pids: list[int], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.01)
    return False


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
