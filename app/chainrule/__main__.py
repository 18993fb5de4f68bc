"""``python -m chainrule`` is the command ``chainrule``."""

import os
import sys

if __name__ == "__main__":
    # Python puts the current folder first here, as it does not for the command: a torch.py of somebody's own would be
    # taken for PyTorch.
    if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:
        del sys.path[0]

    from chainrule.cli.main import main

    sys.exit(main())
