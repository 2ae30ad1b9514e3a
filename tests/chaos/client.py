"""Those who use the API meanwhile: one launches, one looks."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from typing import Any

from tests.chaos.ground import Ground


class Client:
    """Asks the API with the token of the ground."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.answers: Counter[int] = Counter()
        """By status; 0 where no answer came."""

    def ask(self, path: str, body: Any = None) -> Any:
        """The answer, or None where it was not a success."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ground.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Token {self.ground.token}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                self.answers[answer.status] += 1
                return json.load(answer)
        except urllib.error.HTTPError as error:
            self.answers[error.code] += 1
        except (OSError, ValueError):
            self.answers[0] += 1
        return None


class Load(threading.Thread):
    """Keeps so many runs under way until told to stop, and looks at them all the while."""

    def __init__(self, client: Client, template: int, most: int) -> None:
        super().__init__(daemon=True)
        self.client, self.template, self.most = client, template, most
        self.accepted: list[int] = []
        self.open = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Launch where there is room; each accepted run must be seen later."""
        while not self.stopped.is_set():
            listed = self.client.ask("/api/executions?status=running")
            waiting = self.client.ask("/api/executions?status=pending")
            if listed is not None and waiting is not None:
                self.open = len(listed["results"]) + len(waiting["results"])
                for _ in range(self.most - self.open):
                    self._launch()
            time.sleep(0.3)

    def _launch(self) -> None:
        tag = f"run{len(self.accepted)}x{int(time.time() * 1000)}"
        body = {"template_id": self.template, "inputs": {"tag": tag}}
        if (answer := self.client.ask("/api/executions/launch", body)) is not None:
            self.accepted.append(answer["id"])
