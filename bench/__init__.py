"""Budgets, measured as ratios within one run: ``python -m bench`` runs all, ``python -m bench.<name>`` one."""
