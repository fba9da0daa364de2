"""Removes byte code that was cut short from the folder that is its argument.

Python compiles a file anew when its byte code is missing or out of date, but ends with an error when it is damaged.
"""

import marshal
import os
import sys

# Magic number, flags, and time and size of the source (PEP 552).
HEADER = 16

for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        if not name.endswith(".pyc"):
            continue
        try:
            with open(path, "rb") as file:
                marshal.loads(file.read()[HEADER:])
        except (EOFError, ValueError, TypeError):
            os.remove(path)
