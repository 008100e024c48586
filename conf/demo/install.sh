# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Packages, programs and account: what conf/quickstart and tests/run do before anything runs. Sourced; wants $root.
: "${root:?}"
build_folder=${VANTHU_BUILD:-$root/build/release}  # another build folder, for those who keep several;
                                                   # VANTHU_NO_BUILD=1 takes the programs that lie there
account=vanthu
language=${language:-vi}

say() {
  if [ "$language" = en ]; then echo "$2"; else echo "$1"; fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "quickstart: cần quyền root hoặc sudo để chạy: $*" "quickstart: needs root or sudo to run: $*" >&2
    return 1
  fi
}

# packages_of SECTION...: the names in those sections of conf/packages.txt
packages_of() {
  local section
  for section in "$@"; do
    sed -n "/^\[$section\]/,/^\[/{/^[a-z0-9]/s/[[:space:]].*//p}" "$root/conf/packages.txt"
  done
}

# install_packages SECTION...: what is missing, without a question, without starting or enabling a service
install_packages() {
  local wanted missing name
  mapfile -t wanted < <(packages_of "$@")
  missing=()
  for name in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null)" = "ii " ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Cài ${#missing[@]} gói Debian: ${missing[*]}" "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive bash -s -- "${missing[@]}" <<'END'
set -euo pipefail
# Newly installed servers must not start by themselves: neither now (policy-rc.d) nor at the next boot (disable).
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
for name in "$@"; do
  if [ "$name" = postfix ]; then
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
  fi
done
options=(-y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 --no-install-recommends)
log=$(mktemp)
apt-get "${options[@]}" update >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
# --no-remove: rather fail than take something away from this machine.
apt-get "${options[@]}" --no-remove install "$@" >"$log" 2>&1 || {
  tail -20 "$log" >&2
  echo "quickstart: apt-get could not install: $*" >&2
  echo "  If it says that something would be removed: libetpan-dev wants libcurl4-gnutls-dev, which excludes" >&2
  echo "  libcurl4-openssl-dev; libboost1.81-dev excludes other versions of Boost's headers." >&2
  exit 1
}
rm -f "$log"
# What a package begins with, and a service that it brings.
for pair in dovecot:dovecot postfix:postfix clamav:clamav-daemon clamav:clamav-freshclam rspamd:rspamd; do
  name=${pair%:*} service=${pair#*:}
  for package in "$@"; do
    if [[ $package == $name* ]]; then
      update-rc.d "$service" disable >/dev/null 2>&1 || true
      [ ! -d /run/systemd/system ] || systemctl disable --now "$service.service" >/dev/null 2>&1 || true
    fi
  done
done
END
}

# build_programs TARGET...: configures once, then builds what changed; one at a time in one build folder
build_programs() {
  [ "${VANTHU_NO_BUILD:-}" != 1 ] || return 0
  mkdir -p "$build_folder"
  (
    flock 9
    cd "$root" || exit
    if [ ! -f "$build_folder/build.ninja" ]; then
      say "Chuẩn bị dịch …" "Configuring …"
      cmake --preset release -B "$build_folder" >"$build_folder/quickstart.log" 2>&1 ||
        { cat "$build_folder/quickstart.log" >&2; exit 1; }
    fi
    if ! cmake --build "$build_folder" --target "$@" -- -n 2>/dev/null | grep -q 'no work to do'; then
      say "Dịch chương trình (lần đầu mất vài phút) …" "Building (the first time takes some minutes) …"
    fi
    cmake --build "$build_folder" --target "$@" >"$build_folder/quickstart.log" 2>&1 ||
      { tail -60 "$build_folder/quickstart.log" >&2; exit 1; }
  ) 9>"$build_folder/.lock"
}

# make_account DIR: as root, a system account that owns DIR and can reach it. Otherwise the caller is the account.
make_account() {
  local dir=$1 ancestor
  if [ -e "$dir" ] && [ ! -e "$dir/.vanthu-box" ] && [ -n "$(ls -A "$dir")" ]; then
    # Everything below DIR is given to the account: never do that to somebody's own files.
    say "quickstart: $dir không trống và không phải thư mục thử của Vanthu; hãy chọn --dir khác" \
      "quickstart: $dir is not empty and not a folder of ours; choose another --dir" >&2
    return 1
  fi
  [ -d "$dir" ] || (umask 077 && mkdir -p "$dir")
  touch "$dir/.vanthu-box"
  [ "$(id -u)" = 0 ] || return 0
  getent passwd "$account" >/dev/null ||
    useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$account"
  [ "$(stat -c %U "$dir")" = "$account" ] || chown -R "$account:$account" "$dir"
  ancestor=$(dirname "$dir")
  while [ "$ancestor" != / ]; do
    if ! setpriv --reuid "$account" --regid "$account" --clear-groups test -x "$ancestor"; then
      say "Cho tài khoản $account đi qua $ancestor" "Letting the account $account pass through $ancestor"
      setfacl -m "u:$account:x" "$ancestor" 2>/dev/null || chmod o+x "$ancestor"
    fi
    ancestor=$(dirname "$ancestor")
  done
}

# copy_programs DIR: programs, scripts and templates, so that the account needs nothing outside DIR
copy_programs() {
  local dir=$1 program
  mkdir -p "$dir/bin"
  for program in vanthu-gateway vanthu vanthu-inspector vanthu-verify vanthu-witness; do
    cmp -s "$build_folder/bin/$program" "$dir/bin/$program" || install -m 755 "$build_folder/bin/$program" "$dir/bin/$program"
  done
  rm -rf "$dir/share"
  mkdir -p "$dir/share"
  cp -r "$root/conf/demo" "$root/conf/dovecot" "$root/conf/policy.toml" "$dir/share/"
  if [ "$(id -u)" = 0 ]; then
    chown -R "$account:$account" "$dir/bin" "$dir/share"
  fi
}

# columns: of the terminal; wide where there is none
columns() {
  if [ -t 1 ]; then tput cols 2>/dev/null || echo 120; else echo 150; fi
}

# run_as_account DIR COMMAND...: replaces this shell
run_as_account() {
  local dir=$1
  shift
  cd "$dir" || return
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid "$account" --regid "$account" --clear-groups --no-new-privs env -i \
      PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$dir" COLUMNS="$(columns)" "$@"
  fi
  exec env PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH" LC_ALL=C.UTF-8 COLUMNS="$(columns)" "$@"
}
