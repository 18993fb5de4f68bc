"""How a worker process is started: by module name, with an environment of its own."""

import socket
import subprocess
import sys
from pathlib import Path

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
    "LC_ALL": "C.UTF-8",
    "CUDA_VISIBLE_DEVICES": "",
    "FBGEMM_NO_ASMJIT": "1",
}
"""All of a worker's environment: one thread, the same hashes at each run, and nothing of the server's.

FBGEMM writes machine code for `embedding_bag` into memory that stays writable and executable; without it PyTorch takes
kernels that were compiled beforehand.
"""


def start_worker(role: str, stream: socket.socket) -> subprocess.Popen[bytes]:
    """Start `python -m chainrule.worker <role>` with one end of a socket; -P keeps the current folder from imports."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "chainrule.worker", role, str(stream.fileno())],
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[stream.fileno()],
    )
