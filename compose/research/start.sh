#!/bin/sh
# Makes true what a Thoth installation means by its settings, changes nothing of one that is there without being asked,
# then goes on with the start of every V1 server.
set -eu

fail() {
  echo "letta-stack: $1" >&2
  exit 78 # EX_CONFIG
}

# The server knows no LETTA_DATA_DIR: its data is in .letta of its home. So that is a link to it. An installation whose
# server wrote into its home keeps its folder as it is.
export LETTA_DATA_DIR="$HOME/.persist"
if [ ! -e "$HOME/.letta" ]; then
  mkdir -p "$LETTA_DATA_DIR"
  ln -s "$LETTA_DATA_DIR" "$HOME/.letta"
fi

# The image's start migrates whatever it finds. A database without any table has nothing to lose; one with data is taken
# further only when the user says so, and a wrong password is told here in one line.
if ! answer=$(sh /letta-stack/probe.sh migrations 2>&1); then
  case $answer in
    'the database is at no migration, without any table'*) ;;
    'the database is at '*)
      [ "$LETTA_STACK_MIGRATE" = true ] ||
        fail "$answer; nothing is migrated unasked: back it up, then set the setting migrate to true"
      ;;
    *) fail "$answer" ;;
  esac
fi

# Left to itself the server makes this anew at each start with packages from the index, and ends where none answers. So
# it is made here, out of what the image has, and the server is told to leave it (TOOL_EXEC_AUTORELOAD_VENV). One that is
# there has the user's packages: only one whose making was cut short is made again.
if [ -n "${TOOL_EXEC_VENV_NAME:-}" ]; then
  tools=$HOME/.letta/tool_execution_dir
  note=$tools/.making-$TOOL_EXEC_VENV_NAME
  if [ -e "$note" ] || [ ! -e "$tools/$TOOL_EXEC_VENV_NAME" ]; then
    mkdir -p "$tools"
    : >"$note"
    python3 -m venv --clear "$tools/$TOOL_EXEC_VENV_NAME" ||
      fail "python cannot make $tools/$TOOL_EXEC_VENV_NAME: set the setting tool-venv to nothing, and tools run in the server's own"
    rm "$note"
  fi
fi

exec sh /letta-stack/server-start.sh "$@"
