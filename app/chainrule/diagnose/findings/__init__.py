"""What only the finished graph shows."""

from chainrule.diagnose.findings.rules import diagnose_graph

__all__ = ["diagnose_graph"]
