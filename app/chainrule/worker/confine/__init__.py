"""What a child gives up before it sees a program, layer by layer."""

from chainrule.worker.confine.identity import die_with_parent, empty_folder
from chainrule.worker.confine.layers import Confinement, ConfinementError, confine
from chainrule.worker.confine.namespaces import hold_process_namespace, leave_namespaces

__all__ = [
    "Confinement",
    "ConfinementError",
    "confine",
    "die_with_parent",
    "empty_folder",
    "hold_process_namespace",
    "leave_namespaces",
]
