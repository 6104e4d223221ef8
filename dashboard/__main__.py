"""What `python -m dashboard` starts."""

import sys

from dashboard.server import launcher

if __name__ == "__main__":
    sys.exit(launcher.main())
