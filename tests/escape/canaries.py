"""What hostile programs are set upon: things that must be the same after each of them."""

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

SECRET = ("chainrule-canary-", "4f1d7c0e")
"""In two halves, so that a source that looks for it does not hold it."""


class Canaries:
    """A file that anyone may read and write, an environment variable, two listeners."""

    def __init__(self) -> None:
        self.secret = "".join(SECRET)
        # Open to every user: only the walls keep a child from it.
        self.folder = Path(tempfile.mkdtemp(prefix="canary-"))
        self.folder.chmod(0o777)
        self.file = self.folder / "file"
        self.file.write_text(self.secret)
        self.file.chmod(0o666)
        os.environ["CHAINRULE_CANARY"] = self.secret
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(f"\0chainrule-canary-{self.port}")
        self.unix.listen()
        for listener in (self.tcp, self.udp, self.unix):
            listener.setblocking(False)

    def fill(self, source: str) -> str:
        """Put the canaries' places into a program."""
        halves = f"('{SECRET[0]}' + '{SECRET[1]}')"
        places = {
            "b'@SECRET@'": f"{halves}.encode()",
            "'@SECRET@'": halves,
            "'@SOCKET@'": f"'\\0chainrule-canary-{self.port}'",
            "@FILE@": str(self.file),
            "@FOLDER@": str(self.folder),
            "@PORT@": str(self.port),
            "@PID@": str(os.getpid()),
        }
        for mark, text in places.items():
            source = source.replace(mark, text)
        return source

    def touched(self) -> list[str]:
        """Return what is not as it was, and make it so again."""
        found = []
        if sorted(path.name for path in self.folder.iterdir()) != ["file"]:
            found.append(f"the folder has {sorted(path.name for path in self.folder.iterdir())}")
        if not self.file.exists() or self.file.read_text() != self.secret or self.file.stat().st_mode & 0o777 != 0o666:
            found.append("the file was changed")
        if os.environ.get("CHAINRULE_CANARY") != self.secret:
            found.append("the environment was changed")
        for listener in (self.tcp, self.unix):
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                found.append(f"someone connected to {listener.getsockname()}")
        with contextlib.suppress(BlockingIOError):
            self.udp.recv(1000)
            found.append("a datagram came")
        made = [path for path in ("/tmp/chainrule-escape", "/dev/shm/chainrule-escape") if os.path.lexists(path)]
        return [*found, *(f"{path} was made" for path in made)]

    def close(self) -> None:
        """Take everything away."""
        os.environ.pop("CHAINRULE_CANARY", None)
        for listener in (self.tcp, self.udp, self.unix):
            listener.close()
        shutil.rmtree(self.folder)
