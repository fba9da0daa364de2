#!/bin/sh
# vllm-start.sh ARGUMENTS…: serves the model that fetch-model.py put into the cache. It is named by its folder: by its
# name vLLM would ask the hub for what a cache of other programs lacks.
set -eu
folder=$HF_HUB_CACHE/models--$(printf %s "$MODEL" | sed 's,/,--,g')
# a branch or a tag has a note of its commit; a commit is its own name
commit=$(cat "$folder/refs/$REVISION" 2>/dev/null || printf %s "$REVISION")
if [ ! -e "$folder/snapshots/$commit/config.json" ]; then
  echo "letta-stack: $MODEL is not in the cache" >&2
  exit 78 # EX_CONFIG
fi
exec vllm serve "$folder/snapshots/$commit" --served-model-name "$MODEL" "$@"
