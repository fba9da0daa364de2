"""Prints the newest migration of the image it runs in, without importing the server.

Alembic's rule: a head is a revision that no other names in its `down_revision`. Fails (exit 1) unless every file
states both names as literals and there is exactly one head, so that a doubt is never taken for "nothing to do".
"""

import ast
import configparser
import glob
import sys


def statements(path):
    """The file's top-level `revision` and `down_revision`, as values."""
    found = {}
    with open(path, encoding="utf-8") as source:
        body = ast.parse(source.read(), path).body
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            name = getattr(target, "id", None)
            if name in ("revision", "down_revision"):
                found[name] = ast.literal_eval(node.value)
    return found["revision"], found["down_revision"]


def head(folder):
    """The only head among the folder's migrations."""
    revisions, replaced = set(), set()
    for path in glob.glob(f"{folder}/*.py"):
        revision, down = statements(path)
        revisions.add(revision)
        replaced.update([down] if isinstance(down, str) else down or [])
    (only,) = revisions - replaced
    return only


settings = configparser.RawConfigParser()
settings.read("/app/alembic.ini")
if settings.get("alembic", "version_locations", fallback=None):
    sys.exit("alembic.ini names other folders of migrations")
print(head(f"/app/{settings.get('alembic', 'script_location')}/versions"))
