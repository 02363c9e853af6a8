"""The number of silenced warnings may only fall: .ci/ratchet.txt holds the most there may be."""

from __future__ import annotations

import re
import sys
from pathlib import Path

SILENCED = {"type: ignore": re.compile(r"#\s*type:\s*ignore"), "noqa": re.compile(r"#\s*noqa")}
ROOMS = ("integrations", "scim", "cerby_gateway", "tests", "bench")


def main() -> int:
    paths = [path for room in ROOMS for path in Path(room).rglob("*.py") if ".venv" not in path.parts]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    limits = dict(
        line.split(" = ") for line in Path(".ci/ratchet.txt").read_text(encoding="utf-8").splitlines() if line
    )
    worse = 0
    for name, pattern in SILENCED.items():
        count = len(pattern.findall(text))
        if count != int(limits[name]):
            sys.stdout.write(f"{name}: {count}, and .ci/ratchet.txt says {limits[name]}\n")
            worse += 1
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
