"""What `python -m data_access` starts."""

import gc
import sys

from data_access.cli import main

if __name__ == "__main__":
    gc.freeze()  # the libraries are never garbage: no later collection needs to walk them
    sys.exit(main.main())
