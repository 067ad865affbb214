#!/usr/bin/env bash
# A throw-away PostgreSQL for the tests: a cluster of its own in a temporary folder, on a free port of this
# machine, gone when it is stopped. It keeps nothing safe (no fsync), so never point a service at it.
#
#   scripts/postgres.sh run COMMAND …   start one, run the command with CAUNOI_TEST_POSTGRES set, stop it again
#   scripts/postgres.sh start           start one that stays; prints its URL (the running one's, if there is one)
#   scripts/postgres.sh url             print the URL of the one that stays
#   scripts/postgres.sh stop            stop it and remove its folder
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=$root/.cache/postgres.folder

main() {
  case ${1:-} in
    run) shift; run "$@" ;;
    start) start ;;
    url) url ;;
    stop) stop ;;
    *) fail "usage: scripts/postgres.sh run COMMAND … | start | url | stop" ;;
  esac
}

run() {
  [ $# -gt 0 ] || fail "run what?"
  local folder
  folder=$(mktemp -d -t caunoi-postgres.XXXXXX)
  # shellcheck disable=SC2064  # the folder of now is meant, not a later one
  trap "remove '$folder'" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  create "$folder"
  CAUNOI_TEST_POSTGRES=$(cat "$folder/url") "$@"
}

start() {
  if ! running; then
    local folder
    folder=$(mktemp -d -t caunoi-postgres.XXXXXX)
    mkdir -p "$(dirname "$state")"
    echo "$folder" >"$state"
    trap stop EXIT
    create "$folder"
    trap - EXIT
  fi
  url
}

url() {
  running || fail "none is running; start one with: scripts/postgres.sh start"
  cat "$(cat "$state")/url"
}

stop() {
  [ -f "$state" ] || return 0
  remove "$(cat "$state")"
  rm -f "$state"
}

running() {
  [ -f "$state" ] && as_owner "$(tool pg_ctl)" -s -D "$(cat "$state")/data" status >/dev/null 2>&1
}

# Makes the cluster in the folder and leaves its URL in the file `url` there.
create() {
  local folder=$1 port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  [ "$(id -u)" != 0 ] || chown postgres: "$folder"
  as_owner "$(tool initdb)" -D "$folder/data" -U caunoi --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
    >"$folder/initdb.log" 2>&1 || fail "initdb failed:" "$(tail -n 5 "$folder/initdb.log")"
  cat >>"$folder/data/postgresql.conf" <<EOF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
max_connections = 300
fsync = off
full_page_writes = off
synchronous_commit = off
EOF
  as_owner "$(tool pg_ctl)" -s -w -D "$folder/data" -l "$folder/data/server.log" start >/dev/null 2>&1 \
    || fail "PostgreSQL did not start:" "$(tail -n 5 "$folder/data/server.log")"
  echo "postgres://caunoi@127.0.0.1:$port/postgres" >"$folder/url"
}

remove() {
  as_owner "$(tool pg_ctl)" -s -w -m immediate -D "$1/data" stop >/dev/null 2>&1 || true
  rm -rf "$1"
}

# PostgreSQL refuses to run as root; Debian's package brings a user for it.
as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && exec runuser -u postgres -- "$@"); else "$@"; fi
}

# Debian keeps the server's tools out of the PATH; the newest version wins.
tool() {
  command -v "$1" && return
  find /usr/lib/postgresql -path "*/bin/$1" 2>/dev/null | sort -V | tail -n 1 | grep . \
    || fail "$1 is missing. On Debian: apt-get install postgresql"
}

fail() {
  printf 'postgres: %s\n' "$@" >&2
  exit 1
}

main "$@"
