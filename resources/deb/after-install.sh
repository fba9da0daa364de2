#!/bin/sh
# Debian's postinst. electron-builder puts names in where a dollar sign and braces stand.
set -e
app='/opt/${sanitizedProductName}'

ln -sf "$app/resources/letta-stack" /usr/bin/letta-stack

# Chromium's sandbox wants user namespaces; where the kernel has none, it is this program as root
if unshare --user true 2>/dev/null; then
  chmod 0755 "$app/chrome-sandbox"
else
  chmod 4755 "$app/chrome-sandbox"
fi

# Ubuntu 24.04 allows user namespaces only to programs with a profile. An AppArmor that does not know its syntax does
# not ask for one either.
profile=/etc/apparmor.d/${executable}
if apparmor_status --enabled >/dev/null 2>&1 &&
  apparmor_parser --skip-kernel-load --debug "$app/resources/apparmor-profile" >/dev/null 2>&1; then
  cp -f "$app/resources/apparmor-profile" "$profile"
  ischroot 2>/dev/null || apparmor_parser --replace --write-cache --skip-read-cache "$profile"
fi
