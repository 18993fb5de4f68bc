"""How large everything is, from shapes and texts alone."""
