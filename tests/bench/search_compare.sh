#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The same letters indexed by search_bench, notmuch and mu, one after another:
#   tests/bench/search_compare.sh BUILD/bin/search_bench [--records N] [--text OCTETS] …
set -eu
bench=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Seconds of wall clock and CPU, and the size of what was made.
timed() {
  name=$1 made=$2
  shift 2
  python3 - "$name" "$made" "$@" <<'PYTHON'
import os, resource, subprocess, sys, time
name, made, *command = sys.argv[1:]
begun = time.monotonic()
subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
took = time.monotonic() - begun
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
size = sum(os.path.getsize(os.path.join(at, file)) for at, _, files in os.walk(made) for file in files)
print(f"{name}: {took:.1f} s, CPU {usage.ru_utime + usage.ru_stime:.1f} s, {size / 2**20:.0f} MiB", flush=True)
PYTHON
}

"$bench" --maildir "$work/mail" "$@"
if command -v notmuch >/dev/null; then
  printf '[database]\npath=%s\n[user]\nname=a\nprimary_email=a@b.example\n[new]\ntags=\n' "$work/mail" >"$work/notmuch"
  NOTMUCH_CONFIG=$work/notmuch timed notmuch "$work/mail/.notmuch" notmuch new
fi
if command -v mu >/dev/null; then
  mu init --muhome="$work/mu" --maildir="$work/mail" >/dev/null
  timed mu "$work/mu" mu index --muhome="$work/mu"
fi
