"""`python -m lib`: serve the app."""

import sys

from lib.app import serve

serve(sys.argv[1:])
