"""Starts the zygote: `python -m app.worker <number of the control socket>`."""

import sys

from app.worker.zygote import main

sys.exit(main(sys.argv[1:]))
