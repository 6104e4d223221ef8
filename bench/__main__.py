"""`python -m bench`: how long a page of customers takes, against an empty page."""

import sys

from bench.pages import main

sys.exit(main())
