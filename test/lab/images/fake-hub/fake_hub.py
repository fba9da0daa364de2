"""A fake Hugging Face hub. Standard library only.

GET /api/models/OWNER/NAME[/revision/REVISION], HEAD and GET /OWNER/NAME/resolve/REVISION/FILE with ranges, with the
headers and errors of the real one; weights are had from another address, to which it redirects. Models:
  lab/tiny-chat   two weight files of 3 MB, small files, and weights in other forms that vLLM does not read
  lab/gated-chat  the same behind accepted terms: only for the bearer token of FAKE_TOKEN
  lab/huge-chat   says that its weights are 100 TB
POST /_lab sets faults, each key replaces its former value: rate (bytes a second of each transfer, 0: as fast as can
be), cut (how many transfers of weights end after a third of what they were to send), damage (how many have a wrong
first byte), down (answers 503 to all). GET /_lab has them, and the transfers of weights so far: path, the range that was asked for, bytes sent.
"""

import hashlib
import json
import os
import re
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = os.environ.get("FAKE_TOKEN", "")
COMMIT = hashlib.sha1(b"the only commit").hexdigest()
WEIGHTS = 3_000_000
PIECE = 65_536
faults = {"rate": 0, "cut": 0, "damage": 0, "down": False}
transfers = []
lock = threading.Lock()


def noise(name, size):
    """The same bytes for the same name."""
    return hashlib.shake_128(name.encode()).digest(size)


SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
FILES = {
    "config.json": json.dumps({"model_type": "qwen3", "max_position_embeddings": 32768}).encode(),
    "tokenizer.json": noise("tokenizer", 20_000),
    "model.safetensors.index.json": json.dumps({"weight_map": {f"layer.{i}": s for i, s in enumerate(SHARDS)}}).encode(),
    **{name: noise(name, WEIGHTS) for name in SHARDS},
    "consolidated.safetensors": noise("consolidated", WEIGHTS),
    "pytorch_model.bin": noise("bin", WEIGHTS),
    "original/consolidated.00.pth": noise("pth", WEIGHTS),
}
LARGE = {name for name in FILES if len(FILES[name]) == WEIGHTS}
MODELS = ("lab/tiny-chat", "lab/gated-chat", "lab/huge-chat")
SIZE_OF_HUGE = 50 * 10**12


def etag(name):
    """As the hub has it: SHA-256 of a large file, Git's name of a small one."""
    data = FILES[name]
    return hashlib.sha256(data).hexdigest() if name in LARGE else hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def sibling(model, name):
    size = SIZE_OF_HUGE if model == "lab/huge-chat" and name in LARGE else len(FILES[name])
    large = {"lfs": {"sha256": etag(name), "size": size, "pointerSize": 134}} if name in LARGE else {}
    return {"rfilename": name, "size": size, "blobId": etag(name)[:40], **large}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def do_POST(self):
        faults.update(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.json(200, faults)

    def answer(self):
        path = self.path.split("?")[0]
        if path == "/_lab":
            return self.json(200, {**faults, "transfers": transfers})
        if faults["down"]:
            return self.json(503, {"error": "Service Unavailable"})
        if path.startswith("/cdn/"):
            return self.file(path.removeprefix("/cdn/"))
        listed = re.fullmatch(r"/api/models/(\w[\w.-]*/\w[\w.-]*)(?:/revision/(.+))?", path)
        asked = re.fullmatch(r"/(\w[\w.-]*/\w[\w.-]*)/resolve/([^/]+)/(.+)", path)
        found = listed or asked
        if not found:
            return self.error(404, "EntryNotFound", "Entry not found")
        model, revision = found[1], found[2] or "main"
        given = self.headers.get("authorization", "").removeprefix("Bearer ")
        if given and given != TOKEN:
            return self.error(401, "", "Invalid credentials in Authorization header")
        if model not in MODELS:
            # as the real one: without a token it does not say whether a model is private or not there
            return self.error(404 if given else 401, "RepoNotFound", "Repository not found")
        if revision not in ("main", COMMIT):
            return self.error(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        if listed:
            siblings = [sibling(model, name) for name in FILES]
            gated = "manual" if model == "lab/gated-chat" else False
            return self.json(200, {"_id": "1", "id": model, "sha": COMMIT, "gated": gated, "private": False, "siblings": siblings})
        if model == "lab/gated-chat" and not given:
            said = "Access to model lab/gated-chat is restricted. You must have access to it and be authenticated."
            return self.error(401, "GatedRepo", said)
        if asked[3] not in FILES:
            return self.error(404, "EntryNotFound", "Entry not found")
        if asked[3] in LARGE:
            self.send_response(302)
            self.send_header("location", f"http://{self.headers['host']}/cdn/{asked[3]}")
            self.send_header("x-repo-commit", COMMIT)
            self.send_header("x-linked-etag", f'"{etag(asked[3])}"')
            self.send_header("x-linked-size", str(WEIGHTS))
            return self.body(b"")
        return self.file(asked[3])

    def file(self, name):
        data = FILES[name]
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        start = int(asked[1]) if asked else 0
        end = int(asked[2]) + 1 if asked and asked[2] else len(data)
        self.send_response(206 if asked else 200)
        self.send_header("etag", f'"{etag(name)}"')
        self.send_header("x-repo-commit", COMMIT)
        self.send_header("accept-ranges", "bytes")
        if asked:
            self.send_header("content-range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("content-length", str(end - start))
        self.end_headers()
        if self.command == "HEAD":
            return
        with lock:
            cut = name in LARGE and faults["cut"] > 0
            faults["cut"] -= cut
            damaged = name in LARGE and faults["damage"] > 0
            faults["damage"] -= damaged
        if damaged:
            data = data[:start] + bytes([data[start] ^ 1]) + data[start + 1 :]
        stop = start + (end - start) // 3 if cut else end
        transfer = {"file": name, "from": start, "sent": 0}
        if name in LARGE:
            transfers.append(transfer)
        for at in range(start, stop, PIECE):
            piece = data[at : min(at + PIECE, stop)]
            self.wfile.write(piece)
            transfer["sent"] += len(piece)
            if faults["rate"]:
                time.sleep(len(piece) / faults["rate"])
        if cut:
            self.close_connection = True
            self.wfile.flush()
            self.connection.close()

    def error(self, status, code, message):
        self.send_response(status)
        if code:
            self.send_header("x-error-code", code)
        self.send_header("x-error-message", message)
        self.body(json.dumps({"error": message}).encode())

    def json(self, status, body):
        self.send_response(status)
        self.body(json.dumps(body).encode())

    def body(self, data):
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *args):
        """What was transferred is asked for at /_lab."""


# As PID 1 it would ignore the signal without a handler.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "80"))), Handler)
server.daemon_threads = True
server.serve_forever()
