"""All hostile programs, and how one is run past the policy."""

from tests.escape import resources, system, tricks
from tests.escape.calls import call_programs
from tests.escape.hostile import Hostile

PROGRAMS: list[Hostile] = [
    program
    for group in (
        *(system.FILES, system.ENVIRONMENT, system.NETWORK, system.PROCESSES, system.SIGNALS, system.DESCRIPTORS),
        *(system.CODE, call_programs()),
        *(resources.MEMORY, resources.TIME, resources.RECURSION, resources.OUTPUT, resources.CRASHES),
        *(tricks.ATTRIBUTES, tricks.UNICODE, tricks.PARSER, tricks.FORGED, tricks.MARKUP, tricks.ACROSS),
    )
    for program in group
]

_PRELUDE = """
B = print.__self__
G = B.globals()
G['__builtins__'] = B.__dict__
B.exec(B.compile({helpers!r}, '<helpers>', 'exec'), G)
B.exec(B.compile({source!r}, '<hostile>', 'exec'), G)
"""

_HELPERS = """
def _ok(descriptor):
    import os
    try:
        os.lseek(descriptor, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno == 29 and descriptor > 2  # ESPIPE: there is no position in a socket
    return False

def _send(content):
    import os
    for descriptor in filter(_ok, range(64)):
        rest = b'A' + len(content).to_bytes(4, 'big') + content
        while rest:
            rest = rest[os.write(descriptor, rest):]
    os._exit(0)
"""


def past_the_policy(program: Hostile) -> str:
    """Return a source that gives the program all of Python's builtins: what the checker would never let through."""
    return program.source if program.raw else _PRELUDE.format(helpers=_HELPERS, source=program.source)
