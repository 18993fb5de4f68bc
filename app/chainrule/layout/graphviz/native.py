"""The ``dot`` of the system, for those who ask for it by setting."""

# The contract that keeps processes to the sandbox makes an exception for this module: the graphviz package can start
# ``dot`` but not stop it at a deadline.
import subprocess

from chainrule.errors import LayoutDeadlineError, PictureError


class NativeBackend:
    """Runs the ``dot`` on PATH, one process for each layout."""

    name = "native"

    def run(self, dot: str, output: str, seconds: float) -> bytes:
        """Return what ``dot -T<output>`` writes.

        Raises:
            LayoutDeadlineError: it took longer than ``seconds``; the process was killed.
            PictureError: there is no ``dot``, or it refused the input.
        """
        try:
            done = subprocess.run(["dot", f"-T{output}"], input=dot.encode(), capture_output=True, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise LayoutDeadlineError(f"Graphviz was stopped after {seconds:g} s.") from error
        except FileNotFoundError as error:
            raise PictureError("There is no `dot` on PATH: install Graphviz or choose another engine.") from error
        if done.returncode != 0:
            raise PictureError(f"Graphviz refused the graph: {done.stderr[:300].decode(errors='replace')}")
        return done.stdout
