"""PyTorch's operator database, without what its import does to the process.

It is part of PyTorch's own tests, which forbid to set a switch of a backend from then on, in other tests too.
"""

from torch import backends
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import OpInfo

__all__ = ["OpInfo", "op_db"]

backends.flags_frozen.__globals__["__allow_nonbracketed_mutation_flag"] = True
