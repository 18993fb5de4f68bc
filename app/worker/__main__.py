"""Starts a worker: `python -m app.worker stem|once <number of its socket>`."""

import os
import sys

from app.worker.confine import die_with_parent

if sys.platform == "linux":
    die_with_parent(os.getppid())  # before torch is imported, which takes seconds

from app.worker.once import serve_once
from app.worker.stem import serve_stem

sys.exit({"stem": serve_stem, "once": serve_once}[sys.argv[1]](int(sys.argv[2])))
