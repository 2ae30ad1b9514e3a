"""Development: what ``make run`` uses."""

import sys

from config.settings.base import *

DEBUG = "runserver" in sys.argv
"""Tracebacks and lists of URLs are for whoever works on the code; others get the site's pages."""
STYLEGUIDE = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
"""Styles and scripts are read from where they are written, without collecting them first."""
