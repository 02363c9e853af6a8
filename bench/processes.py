"""What the processes of a server use: processor time, and memory at its peak. Linux alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for one in _all():
        if fields := _stat(one):
            children.setdefault(int(fields[1]), []).append(one)
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def of_database(name: str) -> list[int]:
    """PostgreSQL's processes for one database, where it runs on this machine."""
    return [one for one in _all() if f" {name} " in _read(one, "cmdline") and _is_postgres(one)]


def cpu_seconds(pids: list[int]) -> float:
    """Processor time so far, of those that are still there."""
    every = (_stat(pid) for pid in pids)
    return sum(int(fields[11]) + int(fields[12]) for fields in every if fields) / _TICKS


def forget_peaks(pids: list[int]) -> None:
    """From now on peaks are counted anew (proc(5), clear_refs)."""
    for pid in pids:
        (PROC / str(pid) / "clear_refs").write_text("5")


def peak_mib(pid: int) -> float:
    """The most memory that the process held, in MiB; 0 when it is gone."""
    for line in _read(pid, "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _is_postgres(pid: int) -> bool:
    return _read(pid, "cmdline").startswith("postgres:")


def _all() -> Iterator[int]:
    return (int(folder.name) for folder in PROC.iterdir() if folder.name.isdecimal())


def _stat(pid: int) -> list[str]:
    """The fields behind the name: state, parent, ...; empty when the process is gone."""
    return _read(pid, "stat").rpartition(") ")[2].split()


def _read(pid: int, name: str) -> str:
    try:
        return (PROC / str(pid) / name).read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""
