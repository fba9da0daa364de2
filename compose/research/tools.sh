#!/bin/sh
# Says which Python runs the tools of agents.
set -eu
python=python3
[ -z "${TOOL_EXEC_VENV_NAME:-}" ] || python=$HOME/.letta/tool_execution_dir/$TOOL_EXEC_VENV_NAME/bin/python3
echo "$("$python" -V), $python"
