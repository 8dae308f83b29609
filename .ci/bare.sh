#!/usr/bin/env bash
# Runs the README's two commands on a machine that has nothing but Node.js and npm. What this machine
# has besides it hides first: by mounting nothing over it, in the name space that .ci/run starts it in
# (`mount`), or, where nothing may be mounted, by a PATH without it (`path`).
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/steps.sh
way=$1

# What tests ask for, and what else could stand in for it.
programs=(
  chromium chromium-browser google-chrome google-chrome-stable chrome firefox
  python3 python python2
  dbus-run-session dbus-send dbus-daemon dbus-launch gnome-keyring-daemon gnome-keyring secret-tool
  jq openssl git unshare nsenter prlimit xdg-open
  initdb postgres psql nginx haproxy
)
# Debian keeps a database server's programs beside those of its other versions, and not on the PATH.
postgresql=/usr/lib/postgresql
library="libsecret-1.so.0"
documents=../shared

# Tools of npm lie in a cache, and then here.
export XDG_CACHE_HOME=$scratch/no-cache
unset OKTA_MCP_TEST_ALL OKTA_OPENAPI_DIR DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY LD_LIBRARY_PATH

hide_by_mounts() {
  local node folder program file
  local -a folders
  node=$(readlink -f "$(command -v node)")
  PATH=$(dirname "$(command -v node)"):$(dirname "$(command -v npm)"):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  # What gives up the rights of this step is needed once more.
  cp "$(command -v unshare)" "$scratch/unshare"
  # Nothing that is mounted here is seen outside.
  mount --make-rprivate /
  IFS=: read -ra folders <<<"$PATH"
  for folder in "${folders[@]}"; do
    for program in "${programs[@]}"; do
      [ -e "$folder/$program" ] || continue
      file=$(readlink -f "$folder/$program")
      if [ -f "$file" ] && [ "$file" != "$node" ]; then mount --bind /dev/null "$file"; fi
    done
  done
  while IFS= read -r file; do
    if [ -f "$file" ]; then mount --bind /dev/null "$file"; fi
  done < <(find /lib/ /usr/lib/ /usr/local/lib/ -name "libsecret-1.so*" -type f 2>/dev/null)
  if [ -d "$postgresql" ]; then mount -t tmpfs none "$postgresql"; fi
  # What lies beside a checkout, such as Okta's documents, does not travel with a clone.
  if [ -d "$documents" ]; then mount -t tmpfs none "$documents"; fi
}

hide_by_path() {
  local folder file
  local -a folders
  local bin=$scratch/bin
  mkdir "$bin"
  IFS=: read -ra folders <<<"$PATH"
  for folder in "${folders[@]}"; do
    for file in "$folder"/*; do
      if [ -x "$file" ] && [ ! -e "$bin/${file##*/}" ]; then ln -s "$file" "$bin/${file##*/}"; fi
    done
  done
  for file in "${programs[@]}"; do rm -f "$bin/$file"; done
  PATH=$bin
  export OKTA_OPENAPI_DIR=$scratch/none
  if library_exists "$library"; then
    leave_out "libsecret is on this machine, and nothing may be mounted here to hide it"
    exit
  fi
  if [ -d "$postgresql" ]; then
    leave_out "PostgreSQL is on this machine, and nothing may be mounted here to hide it"
    exit
  fi
}

check_hidden() {
  local program
  hash -r
  for program in "${programs[@]}"; do
    # Bash names a file that cannot be run where there is none that can.
    if [ -x "$(command -v "$program")" ]; then
      echo "$program is not hidden: $(command -v "$program")"
      exit 1
    fi
  done
  if library_exists "$library"; then
    echo "$library is not hidden."
    exit 1
  fi
  if [ -n "$(find "$postgresql" -name initdb 2>/dev/null)" ]; then
    echo "PostgreSQL is not hidden."
    exit 1
  fi
  if [ -z "${OKTA_OPENAPI_DIR:-}" ] && [ -e "$documents/okta-openapi" ]; then
    echo "Okta's documents are not hidden."
    exit 1
  fi
  echo "Not to be found by $way: ${programs[*]} $library, PostgreSQL, Okta's documents"
}

case $way in
  mount)
    hide_by_mounts
    export PATH
    # On as the user who started this, root or not.
    if [ "$ORDINARY_UID" -eq 0 ]; then
      check_hidden
    elif grep -qE "^ *0 +0 +4294967295" /proc/self/uid_map; then
      chown -R "$ORDINARY_UID:$ORDINARY_GID" "$scratch"
      setpriv --reuid="$ORDINARY_UID" --regid="$ORDINARY_GID" --init-groups bash "$0" hidden
      exit
    else
      "$scratch/unshare" --user --map-user="$ORDINARY_UID" --map-group="$ORDINARY_GID" bash "$0" hidden
      exit
    fi
    ;;
  path)
    hide_by_path
    check_hidden
    ;;
  hidden) check_hidden ;;
esac

npm ci && npm run demo
npm ci && counted npm test

# Each program that is not here is named, with how to install it; no test is left out in silence.
keyring="dbus-run-session, dbus-send, gnome-keyring-daemon, $library"
for word in \
  "python3; to install: apt-get install python3" \
  "jq; to install: apt-get install jq" \
  "chromium; to install: apt-get install chromium" \
  "$keyring; to install: apt-get install dbus gnome-keyring libsecret-1-0" \
  "not on this machine: $library; to install: apt-get install libsecret-1-0" \
  "PostgreSQL; to install: apt-get install postgresql" \
  "; to install: .ci/tools" \
  "Okta's OpenAPI documents are not here"; do
  if ! grep -qF "$word" "$last_log"; then
    echo "The report of the tests does not say: $word"
    exit 1
  fi
done
if grep -q "no reason given" "$last_log"; then
  echo "A test was left out without a reason."
  exit 1
fi
if node -e 'require("keytar")' 2>/dev/null; then
  echo "The library for keychains loads, so libsecret was not hidden."
  exit 1
fi
