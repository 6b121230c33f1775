"""What the checks of clients share: the exchange's line, and one line of output a promise."""

import json
import sys
import urllib.request


class Checks:
    """Counts promises kept; prints those that were not and leaves with 1 at the end."""

    def __init__(self, client):
        self.client = client
        self.kept = 0
        self.broken = []
        with open(sys.argv[1]) as file:
            self.line = json.load(file)

    def that(self, promise, kept, seen=""):
        if kept:
            self.kept += 1
        else:
            self.broken.append(promise)
            print(f"  {self.client}: broken: {promise}: {seen!r}"[:600])

    def book(self):
        with urllib.request.urlopen(self.line["book"]) as answer:
            return json.load(answer)

    def end(self):
        print(f"{self.client}: {self.kept} promises kept, {len(self.broken)} broken")
        sys.exit(1 if self.broken else 0)
