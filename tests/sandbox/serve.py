"""A server process to be killed: starts a pool, prints the stem's process id, and waits."""

import asyncio
import os
from pathlib import Path

from chainrule.sandbox import Pool
from chainrule.settings import Settings


async def main() -> None:
    pool = Pool(Settings(workers=2))
    await pool.start()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        if stat.read_text().rpartition(")")[2].split()[1] == str(os.getpid()):
            print(stat.parent.name, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
