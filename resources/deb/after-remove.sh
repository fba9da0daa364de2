#!/bin/sh
# Debian's postrm: what after-install.sh made. On an upgrade the new package makes it anew.
set -e
case $1 in
  remove | purge) ;;
  *) exit 0 ;;
esac

link=/usr/bin/letta-stack
if [ "$(readlink "$link")" = '/opt/${sanitizedProductName}/resources/letta-stack' ]; then
  rm -f "$link"
fi

profile=/etc/apparmor.d/${executable}
if [ -e "$profile" ]; then
  if apparmor_status --enabled >/dev/null 2>&1 && ! ischroot 2>/dev/null; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
fi
