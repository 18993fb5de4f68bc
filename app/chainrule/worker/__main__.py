"""Starts a worker: `python -m chainrule.worker stem|once <number of its socket>`."""

import os
import sys

from chainrule.worker.confine import die_with_parent

if sys.platform == "linux":
    die_with_parent(os.getppid())  # before torch is imported, which takes seconds

from chainrule.worker.spawned import serve_once
from chainrule.worker.stem import serve_stem

sys.exit({"stem": serve_stem, "once": serve_once}[sys.argv[1]](int(sys.argv[2])))
