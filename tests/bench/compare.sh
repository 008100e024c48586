#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Postfix plain, Postfix with a body milter and always_bcc, and the gateway in turn: same load, same sink, same disk.
# Root (Postfix needs it). Rows of raw results go to DIR/rows.jsonl, the table of medians to the screen.
#   tests/bench/compare.sh [--rounds 5] [--scale 1] [--cases "4k-50 ..."] [--servers "postfix ..."] [--dir DIR]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=conf/demo/install.sh disable=SC1091
source "$root/conf/demo/install.sh"

: "${build_folder:?}"  # set by install.sh
rounds=5 scale=1 dir="" servers="postfix postfix-milter gateway"
cases="4k-50 4k-10 4k-1 4k-600s 64k-50 1m-10"
while [ $# -gt 1 ]; do
  case $1 in
    --rounds) rounds=$2 ;;
    --scale) scale=$2 ;;
    --cases) cases=$2 ;;
    --servers) servers=$2 ;;
    --dir) dir=$2 ;;
    *) break ;;
  esac
  shift 2
done
[ $# -eq 0 ] || { sed -n 5p "$0" >&2; exit 64; }
[ "$(id -u)" = 0 ] || { echo "compare.sh: Postfix runs only as root" >&2; exit 64; }

install_packages build run demo test
build_programs vanthu-gateway vanthu vanthu-inspector smtp_bench body_milter
base=31000 postfix_port=32525 sink=32526 milter=
[ -n "$dir" ] || dir=$(mktemp -d /tmp/vanthu-bench.XXXXXX)
mkdir -p "$dir"
chmod 755 "$dir"
rows=$dir/rows.jsonl

# options of a case: connections, messages, and what a message is
case_options() {
  case $1 in
    4k-50) echo "--connections 50 --messages $((10000 * scale)) --size 4096" ;;
    4k-10) echo "--connections 10 --messages $((6000 * scale)) --size 4096" ;;
    4k-1) echo "--connections 1 --messages $((2000 * scale)) --size 4096" ;;
    4k-600s) echo "--connections 50 --messages $((3000 * scale)) --size 4096 --rate 600" ;;
    64k-50) echo "--connections 50 --messages $((3000 * scale)) --size 65536 --picture" ;;
    1m-10) echo "--connections 10 --messages $((500 * scale)) --size 1048576 --picture" ;;
    *) echo "compare.sh: no case $1" >&2; return 64 ;;
  esac
}

# postfix_up [MORE]: lines for main.cf
postfix_up() {
  local folder=$dir/postfix name
  mkdir -p "$folder/queue" "$folder/data"
  chown postfix "$folder/data"
  for name in main master; do
    sed "s,@DIR@,$folder,g; s,@PORT@,$postfix_port,g; s,@SINK@,$sink,g; s,@MORE@,${1:-},g" \
      "$root/tests/bench/postfix/$name.cf.in" >"$folder/$name.cf"
  done
  postfix -c "$folder" start >/dev/null 2>&1
}
postfix_down() { postfix -c "$dir/postfix" stop >/dev/null 2>&1 || true; }
milter_up() {
  "$build_folder/bin/body_milter" "$dir/milter.sock" &
  milter=$!
}
milter_down() {
  [ -z "$milter" ] || kill "$milter" 2>/dev/null || true
  milter=
}
gateway_up() {
  "$root/conf/quickstart" --dir "$dir/box" --background --port-base $base --next-hop "smtp://127.0.0.1:$sink" \
    --set limits.trust-loopback=yes >/dev/null
}
gateway_down() { "$root/conf/quickstart" --dir "$dir/box" --stop >/dev/null 2>&1 || true; }
trap 'postfix_down; milter_down; gateway_down' EXIT

# one SERVER CASE PORT PID...: a row; every second letter goes to a unit's registry mailbox, so it is official
one() {
  local server=$1 name=$2 port=$3 line pid options=()
  shift 3
  for pid in "$@"; do options+=(--server-pid "$pid"); done
  # shellcheck disable=SC2046 # the options of a case are words
  line=$("$build_folder/bin/smtp_bench" --to "127.0.0.1:$port" --sink "127.0.0.1:$sink" --json "${options[@]}" \
    --from load@elsewhere.example --rcpt khoatb@hatinh.dcs.example --rcpt vanthu.vptu@hatinh.dcs.example \
    $(case_options "$name")) || true
  echo "{\"server\": \"$server\", \"case\": \"$name\", \"load\": $(cut -d' ' -f1 /proc/loadavg), \"result\": $line}" |
    tee -a "$rows"
}

: >"$rows"
for ((round = 1; round <= rounds; round++)); do
  echo "round $round"
  for server in $servers; do
    case $server in
      postfix) postfix_up ;;
      postfix-milter)
        milter_up
        postfix_up "always_bcc = archive@hatinh.dcs.example\nsmtpd_milters = unix:$dir/milter.sock"
        ;;
      gateway) gateway_up ;;
      *) echo "compare.sh: no server $server" >&2; exit 64 ;;
    esac
    for name in $cases; do
      if [ "$server" = gateway ]; then
        one "$server" "$name" $((base + 525)) "$(cut -d' ' -f1 "$dir/box/run/gateway.pid")"
      else
        # shellcheck disable=SC2086 # no milter: no word
        one "$server" "$name" "$postfix_port" "$(tr -d ' ' <"$dir/postfix/queue/pid/master.pid")" $milter
      fi
    done
    postfix_down
    milter_down
    [ "$server" != gateway ] || gateway_down
  done
done
/usr/bin/python3 "$root/tests/bench/summary.py" "$rows"
echo "$(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); $(df --output=fstype "$dir" | tail -1);" \
  "Linux $(uname -r); $(date -u +%F); $rounds rounds; rows in $rows"
