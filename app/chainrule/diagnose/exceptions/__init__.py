"""What a program raised, explained: a module for each family of causes."""

from chainrule.diagnose.exceptions.explain import diagnose_exception

__all__ = ["diagnose_exception"]
