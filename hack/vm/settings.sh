# shellcheck shell=bash disable=SC2034  # sourced by the scripts beside it
# Settings of the virtual machine's build. Each can be overridden from the environment.

: "${ROBUSTNESS_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-robustness}" # as in the robustness command
: "${VM_CACHE:=$ROBUSTNESS_CACHE/vm}"                                    # what is built

# The kernel's source is a package of Debian's unstable suite, which keeps only the newest version. These are
# what this was developed with; another version of the package is built too, and said.
: "${KERNEL_PACKAGE:=linux-source-7.2}"
: "${KERNEL_PACKAGE_VERSION:=7.2.13-1}"
: "${KERNEL_PACKAGE_SHA256:=30a8c5fc63f9028a62e6d7b3f7f43bee67425dbce2a05fceba83f9b87c92083d}"
: "${KERNEL_SUITE:=sid}"
: "${KERNEL_MIRROR:=}" # default: the one that this machine has for Debian already

VM_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

digest() { sha256sum "$@" | cut -c1-64; }

# missing PROGRAM...: those that are not there
missing() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || echo "$program"
  done
}

# room FOLDER MEGABYTES
room() {
  local free
  free=$(df -Pm "$1" | awk 'NR == 2 {print $4}')
  [ "$free" -ge "$2" ] || die "$1 has $free MB left, and this needs $2 MB"
}
