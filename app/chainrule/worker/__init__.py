"""The child: gives up everything, then executes one program on a tape; `python -m chainrule.worker` is the stem."""
