"""Run every bench of this folder, one after the other, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
LONG = {"soak"}
"""What takes an hour is run by its own name."""


def main() -> int:
    failed = 0
    for path in sorted(path for path in FOLDER.glob("[a-z]*.py") if path.stem not in LONG):
        print(f"== {path.stem}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"bench.{path.stem}"], check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
