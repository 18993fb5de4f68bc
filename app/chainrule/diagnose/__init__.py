"""What went wrong or is worth knowing in a program, as problems: explained on its own variables, with fixes.

Three ways in, all called once the graph is built:

- `diagnose_exception` for what the program raised,
- `diagnose_warning` for each warning of PyTorch's,
- `diagnose_graph` for what only the finished graph shows.
"""

from chainrule.diagnose.exceptions.explain import diagnose_exception
from chainrule.diagnose.findings.rules import diagnose_graph
from chainrule.diagnose.warnings import diagnose_warning

__all__ = ["diagnose_exception", "diagnose_graph", "diagnose_warning"]
