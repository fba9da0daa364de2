"""Takes secrets out of everything that this Python prints, and lets it start quicker.

The server prints its password at start and alembic prints the database address. A filter behind a pipe would be
killed together with process 1, and the last lines, the error, with it. This one is inside the process that prints:
it sits below the text layer, so `print`, logging, tracebacks and writers to `sys.stdout.buffer` all pass it, nothing
is held back and nothing is lost. Python imports it by its name, from PYTHONPATH, before any other code.
"""

import gc
import io
import json
import os
import re
import sys
from urllib.parse import quote

# Importing the server makes millions of objects that stay: looking for garbage among them after each 700 (Python's
# default) is a fifth of its start.
gc.set_threshold(50_000)

SECRETS = "/run/secrets"
# Shorter values would take ordinary words out of the log.
SHORTEST = 8
# A longer text is a key or a JSON document, printed in pieces: each line of it counts as well.
SHORTEST_LINE = 16
URI = re.compile(r"[a-z0-9+]+://[^:/@]*:([^@]*)@")


def values():
    """Everything secret in this container: the bundle's values, and other files whole and line by line."""
    try:
        names = os.listdir(SECRETS)
    except OSError:
        return
    for name in names:
        try:
            with open(os.path.join(SECRETS, name), encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError):
            continue
        if name == "server":
            for line in text.splitlines():
                value = line.partition("=")[2]
                # Of an address only its password: the driver's name in it changes.
                uri = URI.match(value)
                yield uri.group(1) if uri else value
        else:
            yield text.strip()
            # A key inside JSON has its line ends written as \n.
            for line in text.replace("\\n", "\n").splitlines():
                if len(line.strip()) >= SHORTEST_LINE and not line.startswith("-----"):
                    yield line.strip()


def pattern():
    """One expression for every secret in the forms in which it is printed; None without secrets."""
    forms = set()
    for value in values():
        if len(value) >= SHORTEST:
            forms.update((value, quote(value, safe=""), json.dumps(value)[1:-1]))
    longest_first = sorted((form.encode() for form in forms), key=len, reverse=True)
    return re.compile(b"|".join(map(re.escape, longest_first))) if longest_first else None


class Redacting(io.BufferedIOBase):
    """A binary stream that writes through to another, without the secrets."""

    def __init__(self, target, secrets):
        self._target = target
        self._secrets = secrets

    def write(self, data):
        rest = memoryview(self._secrets.sub(b"[secret]", bytes(data)))
        # An unbuffered target may take a part only.
        while rest:
            rest = rest[self._target.write(rest) or 0 :]
        self._target.flush()
        return len(data)

    def writable(self):
        return True

    def flush(self):
        self._target.flush()

    def fileno(self):
        return self._target.fileno()

    def isatty(self):
        return self._target.isatty()

    @property
    def name(self):
        return self._target.name

    @property
    def mode(self):
        return self._target.mode


def redacted(stream, secrets):
    """The same stream with a filter below its text layer; each `write` leaves as one piece."""
    settings = {"encoding": stream.encoding, "errors": stream.errors, "line_buffering": stream.line_buffering}
    return io.TextIOWrapper(Redacting(stream.detach(), secrets), write_through=True, **settings)


found = pattern()
if found:
    for name in ("stdout", "stderr"):
        # None where a process has no such stream.
        if getattr(sys, name):
            filtered = redacted(getattr(sys, name), found)
            setattr(sys, name, filtered)
            setattr(sys, f"__{name}__", filtered)
