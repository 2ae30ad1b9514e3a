"""The launcher on a real Valkey and three small programs: ``small_stack.py DIRECTORY``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts.dev import launch
from scripts.processes import Child
from scripts.stack import Plan

WEB = """
import http.server, sys
class Always(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Always).serve_forever()
"""
FORGETFUL = "import os, time; print('standing by', flush=True); os.fork(); time.sleep(600)"
SETUP = "import os, sys; print('about to end'); sys.exit(int(os.environ.get('SETUP_STATUS', '0')))"


class SmallPlan(Plan):
    """The order of the real plan; the worker forgets a child that would outlive it."""

    def manage(self, *arguments: str) -> Child:
        """A command that ends with ``SETUP_STATUS``."""
        return self._child("setup", sys.executable, "-c", SETUP, *arguments)

    def app(self) -> list[Child]:
        """A web server that answers 200 and two programs that wait."""
        return [
            self._child("web", sys.executable, "-c", WEB, str(self.port)),
            self._child("worker", sys.executable, "-c", FORGETFUL),
            self._child("reconcile", sys.executable, "-c", "import time; time.sleep(600)"),
        ]


if __name__ == "__main__":
    sys.exit(launch(Path(sys.argv[1]), os.environ, SmallPlan))
