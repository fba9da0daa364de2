"""A fake OpenAI-compatible provider. Standard library only.

GET /v1/models, POST /v1/chat/completions (whole or streamed; calls send_message where that tool is offered, else
answers in text), POST /v1/embeddings (bag-of-words vectors, the same for the same text, so similar texts are near),
GET /health. Each request is one JSON line on the standard output, without keys.

Environment: HOST, PORT; FAKE_KEY (asks for this bearer token); FAKE_DELAY_MS (between the pieces of a streamed
answer); FAKE_MAX_MODEL_LEN (vLLM lists it, OpenAI does not).
"""

import base64
import hashlib
import json
import os
import re
import signal
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = os.environ.get("FAKE_KEY", "")
DELAY = int(os.environ.get("FAKE_DELAY_MS", "0")) / 1000
MAX_MODEL_LEN = int(os.environ.get("FAKE_MAX_MODEL_LEN", "32768"))
MODELS = ["gpt-4o-mini", "gpt-4.1", "fake-chat"]
DIMENSIONS = {"text-embedding-3-large": 3072}


def text_of(content):
    """The text of a message's content, a string or a list of parts."""
    if isinstance(content, list):
        return " ".join(part.get("text") or "" for part in content)
    return content or ""


def tokens(text):
    return max(1, -(-len(text) // 4))


def vector(text, size):
    """A unit vector: each word adds to eight places that its hash names."""
    out = [0.0] * size
    for word in re.findall(r"[a-z0-9]+", text.lower()) or ["empty"]:
        for value in struct.unpack("<8I", hashlib.sha256(word.encode()).digest()):
            out[value % size] += 1 if value & 1 else -1
    norm = sum(x * x for x in out) ** 0.5 or 1
    return [x / norm for x in out]


def answer(body):
    """(text, arguments of send_message or None) for a chat request."""
    said = next((text_of(m.get("content")) for m in reversed(body.get("messages", [])) if m.get("role") == "user"), "")
    reply = f"FAKE-REPLY: {said[-160:]}"
    offered = [tool.get("function", {}).get("name") for tool in body.get("tools") or []]
    choice = body.get("tool_choice")
    forced = choice.get("function", {}).get("name") if isinstance(choice, dict) else None
    if "send_message" in offered and forced in (None, "send_message"):
        return reply, json.dumps({"thinking": "answer the user", "message": reply, "request_heartbeat": False})
    return reply, None


def pieces(text):
    return [text[i : i + 16] for i in range(0, len(text), 16)] or [""]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.handle_request({})

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            self.handle_request(json.loads(raw or b"{}"))
        except ValueError:
            self.send(400, {"error": {"message": "not JSON"}})

    def handle_request(self, body):
        route = (self.command, self.path.split("?")[0].rstrip("/"))
        self.note(route[1], body)
        if route in (("GET", "/health"), ("GET", "")):
            return self.send(200, {"ok": True})
        if KEY and self.headers.get("authorization") != f"Bearer {KEY}":
            error = {"message": "bad key", "type": "invalid_request_error", "code": "invalid_api_key"}
            return self.send(401, {"error": error})
        if route == ("GET", "/v1/models"):
            model = {"object": "model", "created": 1, "owned_by": "fake", "max_model_len": MAX_MODEL_LEN}
            return self.send(200, {"object": "list", "data": [{"id": name, **model} for name in MODELS]})
        if route == ("POST", "/v1/chat/completions"):
            return self.stream(body) if body.get("stream") else self.complete(body)
        if route == ("POST", "/v1/embeddings"):
            return self.embed(body)
        return self.send(404, {"error": {"message": f"no route {self.command} {self.path}"}})

    def complete(self, body):
        reply, arguments = answer(body)
        message = {"role": "assistant", "content": reply}
        if arguments:
            call = {"id": self.call_id(), "type": "function", "function": {"name": "send_message", "arguments": arguments}}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        prompt = tokens(json.dumps(body.get("messages", [])))
        usage = {"prompt_tokens": prompt, "completion_tokens": tokens(reply), "total_tokens": prompt + tokens(reply)}
        finish = "tool_calls" if arguments else "stop"
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        self.send(200, {**self.envelope(body), "object": "chat.completion", "usage": usage, "choices": [choice]})

    def stream(self, body):
        reply, arguments = answer(body)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-cache")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        head = {**self.envelope(body), "object": "chat.completion.chunk"}

        def chunk(delta, finish=None):
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            self.event(json.dumps({**head, "choices": [choice], "usage": None}))

        chunk({"role": "assistant", "content": None if arguments else ""})
        if arguments:
            function = {"name": "send_message", "arguments": ""}
            chunk({"tool_calls": [{"index": 0, "id": self.call_id(), "type": "function", "function": function}]})
        for piece in pieces(arguments or reply):
            time.sleep(DELAY)
            chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} if arguments else {"content": piece})
        chunk({}, "tool_calls" if arguments else "stop")
        prompt = tokens(json.dumps(body.get("messages", [])))
        usage = {"prompt_tokens": prompt, "completion_tokens": tokens(reply), "total_tokens": prompt + tokens(reply)}
        self.event(json.dumps({**head, "choices": [], "usage": usage}))
        self.event("[DONE]")

    def embed(self, body):
        inputs = body.get("input")
        size = body.get("dimensions") or DIMENSIONS.get(body.get("model"), 1536)
        data = []
        for index, text in enumerate(inputs if isinstance(inputs, list) else [inputs]):
            embedding = vector(str(text), size)
            if body.get("encoding_format") == "base64":
                embedding = base64.b64encode(struct.pack(f"<{size}f", *embedding)).decode()
            data.append({"object": "embedding", "index": index, "embedding": embedding})
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        self.send(200, {"object": "list", "model": body.get("model"), "data": data, "usage": usage})

    def envelope(self, body):
        return {"id": "chatcmpl-fake", "created": int(time.time()), "model": body.get("model")}

    def call_id(self):
        return "call_" + hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:20]

    def send(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def event(self, data):
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def note(self, path, body):
        tools = [tool.get("function", {}).get("name") for tool in body.get("tools") or []]
        line = {"method": self.command, "path": path, "model": body.get("model"), "stream": bool(body.get("stream"))}
        print(json.dumps({**line, "tools": tools, "messages": len(body.get("messages") or [])}))

    def log_message(self, *args):
        """The base class would write each request to the standard error too."""


# As PID 1 it would ignore the signal without a handler.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = ThreadingHTTPServer((os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "18999"))), Handler)
server.daemon_threads = True
print(json.dumps({"listening": f"http://{server.server_address[0]}:{server.server_address[1]}/v1"}))
server.serve_forever()
