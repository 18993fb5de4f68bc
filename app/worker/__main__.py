"""Starts a worker: `python -m app.worker zygote|once <number of its socket>`."""

import os
import sys

from app.worker.confine import die_with_parent
from app.worker.once import serve_once
from app.worker.zygote import serve_zygote

if sys.platform == "linux":
    die_with_parent(os.getppid())

sys.exit({"zygote": serve_zygote, "once": serve_once}[sys.argv[1]](int(sys.argv[2])))
