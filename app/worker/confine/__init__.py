"""What a child gives up before it sees a program, layer by layer."""

from app.worker.confine.identity import die_with_parent, empty_folder
from app.worker.confine.layers import ConfinementError, Place, confine
from app.worker.confine.namespaces import hold_process_namespace, leave_namespaces

__all__ = [
    "ConfinementError",
    "Place",
    "confine",
    "die_with_parent",
    "empty_folder",
    "hold_process_namespace",
    "leave_namespaces",
]
