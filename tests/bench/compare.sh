#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Postfix and the gateway in turn, the same load into each, the same sink behind each. Root (Postfix needs it).
#   tests/bench/compare.sh [--rounds 3] [--messages 3000] [--connections 20] [--size 4096] [--dir DIR]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=conf/demo/install.sh disable=SC1091
source "$root/conf/demo/install.sh"

: "${build_folder:?}"  # set by install.sh
rounds=3 messages=3000 connections=20 size=4096 dir=""
while [ $# -gt 1 ]; do
  case $1 in
    --rounds) rounds=$2 ;;
    --messages) messages=$2 ;;
    --connections) connections=$2 ;;
    --size) size=$2 ;;
    --dir) dir=$2 ;;
    *) break ;;
  esac
  shift 2
done
[ $# -eq 0 ] || { sed -n 3,4p "$0" >&2; exit 64; }
[ "$(id -u)" = 0 ] || { echo "compare.sh: Postfix runs only as root" >&2; exit 64; }

install_packages build run demo test
build_programs vanthu-gateway vanthu vanthu-inspector smtp_bench
base=31000 postfix_port=32525 sink=32526
[ -n "$dir" ] || dir=$(mktemp -d /tmp/vanthu-bench.XXXXXX)
chmod 755 "$dir"

postfix_up() {
  local folder=$dir/postfix name
  mkdir -p "$folder/queue" "$folder/data"
  chown postfix "$folder/data"
  for name in main master; do
    sed "s,@DIR@,$folder,g; s,@PORT@,$postfix_port,g; s,@SINK@,$sink,g" \
      "$root/tests/bench/postfix/$name.cf.in" >"$folder/$name.cf"
  done
  postfix -c "$folder" start >/dev/null 2>&1
}
postfix_down() { postfix -c "$dir/postfix" stop >/dev/null 2>&1 || true; }
gateway_up() {
  "$root/conf/quickstart" --dir "$dir/box" --background --port-base $base --next-hop "smtp://127.0.0.1:$sink" >/dev/null
}
gateway_down() { "$root/conf/quickstart" --dir "$dir/box" --stop >/dev/null 2>&1 || true; }
trap 'postfix_down; gateway_down' EXIT

# one NAME PORT PID RECIPIENT: a line of JSON to results
one() {
  local line
  line=$("$build_folder/bin/smtp_bench" --to "127.0.0.1:$2" --sink "127.0.0.1:$sink" --server-pid "$3" --json \
    --from load@elsewhere.example --rcpt "$4" --messages "$messages" --connections "$connections" --size "$size") || true
  echo "{\"server\": \"$1\", \"result\": $line}" >>"$dir/results"
  echo "$1: $line"
}

: >"$dir/results"
for ((round = 1; round <= rounds; round++)); do
  echo "round $round"
  postfix_up
  one postfix "$postfix_port" "$(tr -d ' ' <"$dir/postfix/queue/pid/master.pid")" khoatb@hatinh.dcs.example
  postfix_down
  gateway_up
  gateway=$(cut -d' ' -f1 "$dir/box/run/gateway.pid")
  one gateway-private $((base + 525)) "$gateway" khoatb@hatinh.dcs.example
  one gateway-official $((base + 525)) "$gateway" vanthu.vptu@hatinh.dcs.example
  gateway_down
done
/usr/bin/python3 "$root/tests/bench/summary.py" "$dir/results"
echo "$(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); $(df --output=fstype "$dir" | tail -1) on $dir;" \
  "Linux $(uname -r); $rounds rounds of $messages messages of $size octets over $connections connections"
