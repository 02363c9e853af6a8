"""Every read of a tenant's rows starts from for_workspace or for_integration; others say why: `# all-tenants:
why`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOMS = ("integrations", "scim", "cerby_gateway")
# Models whose rows belong to no tenant, or are looked up by a secret of their own.
FREE = {
    "User",
    "Workspace",
    "OneTimeLink",
    "KeyProbe",
    "AuditEntry",
    "EmailAddress",
    "Session",
    "UserSession",
}
READ = re.compile(
    r"\b([A-Z]\w+)\.objects(?:\s*\.select_\w+\([^)]*\))*\s*\.(get|filter|all|first|exclude|values\w*|count|exists|iterator|aggregate|in_bulk)\b"
)
ESCAPE = "# all-tenants:"


def faults(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = []
    for match in READ.finditer(text):
        number = text.count("\n", 0, match.start())
        # A statement may span lines: its escape stands on the line before, its first, or its last.
        last = text.count("\n", 0, match.end())
        near = lines[max(0, number - 1) : last + 2]
        if match[1] not in FREE and not any(ESCAPE in line for line in near):
            found.append(
                f"{path}:{number + 1}: {match[1]}.objects.{match[2]} outside for_workspace/for_integration"
            )
    return found


def main() -> int:
    paths = [
        path for room in ROOMS for path in sorted(Path(room).rglob("*.py")) if "migrations" not in path.parts
    ]
    found = [fault for path in paths for fault in faults(path)]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
