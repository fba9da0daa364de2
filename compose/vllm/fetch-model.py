"""Downloads the model into the Hugging Face cache, so that vLLM starts with it there, and goes on where it was stopped.

The environment names it: MODEL, REVISION, HF_HUB_CACHE; HF_TOKEN_PATH may be there or not. What the cache has is not
asked for again, so a start needs no network. Weights come over plain HTTP into a file of their own beside the blobs:
huggingface_hub throws away what an interrupted download had (since 1.0), and its Xet transfer cannot go on either.
Everything else, and the layout of the cache, is huggingface_hub's own.

A line such as `letta-stack: 1024 of 4096 bytes` tells how far it is. The exit codes are those of sysexits.h; the
profile's `jobs` says what each means.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

NO_INPUT, DAMAGED, UNREACHABLE, NO_ROOM, DENIED = 66, 65, 69, 73, 77
CACHE, MODEL, REVISION = os.environ["HF_HUB_CACHE"], os.environ["MODEL"], os.environ["REVISION"]
# Weights in other forms, which vLLM does not read where there are safetensors.
OTHER_WEIGHTS = (".bin", ".pt", ".pth", ".ckpt", ".gguf", ".onnx", ".onnx_data", ".h5", ".msgpack", ".ot", ".tflite")
# What must stay free beside the model, in bytes.
SPARE = 1_000_000_000
# How many files at once, and how many seconds between two lines about them.
AT_ONCE, EVERY = 4, 1
# Bytes that reach the disk at once: what an interruption costs, and the least that progress shows.
PIECE = 1 << 20


def fail(code, message):
    print(f"letta-stack: {message}", file=sys.stderr, flush=True)
    # other threads may be in the middle of a transfer: what they have is on the disk
    os._exit(code)


def as_owner(folder):
    """Gives up root for the owner of the cache: files in a user's own folder shall be theirs."""
    owner = os.stat(folder)
    if os.getuid() == 0 and owner.st_uid != 0:
        os.setgroups([])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)


def wanted(siblings):
    """Files that vLLM reads: safetensors where there are any, and nothing in a folder of another form."""
    names = {s.rfilename for s in siblings}
    safe = any(n.endswith(".safetensors") for n in names)
    usual = bool(names & {"model.safetensors", "model.safetensors.index.json"})

    def is_wanted(name):
        if name.split("/")[0] in ("original", "onnx", "openvino", "coreml", "metal", "runs", "figures"):
            return False
        if safe and name.endswith(OTHER_WEIGHTS):
            return False
        # Mistral's own form of the same weights
        return not (usual and name.startswith("consolidated"))

    return [s for s in siblings if is_wanted(s.rfilename)]


def size_of(path):
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


class Weights:
    """A large file of the model on its way into the cache's blobs."""

    def __init__(self, folder, sibling):
        self.name, self.size, self.digest = sibling.rfilename, sibling.lfs.size, sibling.lfs.sha256
        self.blob = os.path.join(folder, "blobs", self.digest)
        self.part = f"{self.blob}.letta-stack"

    def done(self):
        return size_of(self.blob) or size_of(self.part)

    def fetch(self, url, headers):
        from huggingface_hub import constants
        from huggingface_hub.file_download import http_get

        if os.path.exists(self.blob):
            return
        with open(self.part, "ab") as file:
            have = file.tell()
            if have > self.size:
                have = file.truncate(0)
            # its own is 10 MB: a slow line would seem to stand still
            constants.DOWNLOAD_CHUNK_SIZE = PIECE
            http_get(url, file, resume_size=have, headers=headers, expected_size=self.size)
        digest = hashlib.sha256()
        with open(self.part, "rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
        if digest.hexdigest() != self.digest:
            os.remove(self.part)
            fail(DAMAGED, f"{self.name} is damaged, and was removed")
        os.replace(self.part, self.blob)


def progress(files, total, finished):
    """A line a second until `finished`, as long as something moves."""
    before = -1
    while True:
        over = finished.wait(EVERY)
        done = sum(f.done() for f in files)
        if done != before:
            print(f"letta-stack: {done} of {total} bytes", flush=True)
        before = done
        if over:
            return


def fetch(note):
    from huggingface_hub import HfApi, get_token, hf_hub_download, hf_hub_url
    from huggingface_hub.utils import build_hf_headers

    info = HfApi().model_info(MODEL, revision=REVISION, files_metadata=True)
    files = wanted(info.siblings)
    if not any(s.rfilename == "config.json" for s in files):
        fail(NO_INPUT, f"{MODEL} has no config.json: it is no model that vLLM serves")
    folder = os.path.join(CACHE, f"models--{MODEL.replace('/', '--')}")
    os.makedirs(os.path.join(folder, "blobs"), exist_ok=True)
    weights = [Weights(folder, s) for s in files if s.lfs]
    total = sum(w.size for w in weights)
    missing = total - sum(w.done() for w in weights)
    free = shutil.disk_usage(folder).free
    if missing > 0 and missing + SPARE > free:
        fail(NO_ROOM, f"{missing / 1e9:.1f} GB are to be downloaded, and {free / 1e9:.1f} GB are free")
    # Small files first: a model that may not be had says so at once.
    for s in sorted(files, key=lambda s: bool(s.lfs)):
        if not s.lfs:
            hf_hub_download(MODEL, s.rfilename, revision=REVISION)
    finished = threading.Event()
    teller = threading.Thread(target=progress, args=(weights, total, finished), daemon=True)
    teller.start()
    headers = build_hf_headers(token=get_token())

    def download(w):
        # here, because the pool would wait for the other files before it told of this one
        try:
            w.fetch(hf_hub_url(MODEL, w.name, revision=info.sha), headers)
        except Exception as error:
            fail(*explain(error))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for w in weights:
            pool.submit(download, w)
    # Now only their names in the snapshot are made.
    for w in weights:
        hf_hub_download(MODEL, w.name, revision=REVISION)
    finished.set()
    teller.join()
    snapshot = os.path.join(folder, "snapshots", info.sha)
    sizes = {s.rfilename: size_of(os.path.join(snapshot, s.rfilename)) for s in files}
    os.makedirs(os.path.dirname(note), exist_ok=True)
    with open(f"{note}.new", "w", encoding="utf-8") as file:
        json.dump({"commit": info.sha, "files": sizes}, file)
    os.replace(f"{note}.new", note)


def is_there(note):
    """Whether an earlier run noted this model, and all that it noted is there still."""
    try:
        with open(note, encoding="utf-8") as file:
            known = json.load(file)
        snapshot = os.path.join(CACHE, f"models--{MODEL.replace('/', '--')}", "snapshots", known["commit"])
        return all(os.path.getsize(os.path.join(snapshot, name)) == size for name, size in known["files"].items())
    except (OSError, ValueError, KeyError):
        return False


def explain(error):
    """The exit code and the words for what huggingface_hub raised."""
    from huggingface_hub import errors

    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, errors.HFValidationError):
        return NO_INPUT, f"{MODEL} is no name of a model"
    # it is a RepositoryNotFoundError, too
    if isinstance(error, errors.GatedRepoError):
        return DENIED, f"{MODEL} is given only to those who accepted its terms"
    if isinstance(error, errors.RevisionNotFoundError):
        return NO_INPUT, f"{MODEL} has no revision {REVISION}"
    if isinstance(error, errors.RepositoryNotFoundError):
        return NO_INPUT, f"there is no model {MODEL}, or it is private"
    if status in (401, 403):
        return DENIED, f"the token is not accepted for {MODEL}: {error}"
    if isinstance(error, OSError) and error.errno == 28:
        return NO_ROOM, "the disk is full"
    if isinstance(error, PermissionError):
        return NO_ROOM, f"the folder of the cache may not be written: {error}"
    return UNREACHABLE, f"{type(error).__name__}: {error}"


def main():
    # As process 1 it would ignore the signal without a handler; threads end with it, what they wrote stays.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    as_owner(os.path.dirname(CACHE))
    note = os.path.join(CACHE, "letta-stack", f"{MODEL}@{REVISION}.json".replace("/", "--"))
    if is_there(note):
        print(f"letta-stack: {MODEL} is there", flush=True)
        return
    try:
        fetch(note)
    except Exception as error:
        fail(*explain(error))
    print(f"letta-stack: {MODEL} is there", flush=True)


main()
