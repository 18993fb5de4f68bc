"""The child: gives up everything, then executes one program on a tape; `python -m app.worker` is the stem."""
