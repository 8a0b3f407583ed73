# shellcheck shell=bash disable=SC2034  # sourced by every script beside it, each of which uses some of it
# Settings of the development cluster. Each can be overridden from the environment; README.md lists
# those that one may want to.

: "${ROBUSTNESS_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-robustness}" # as in the robustness command
: "${CLUSTER_CACHE:=$ROBUSTNESS_CACHE/cluster}" # binaries and images: may be kept, may be removed
# What runs keeps its files here. A short path: below it are sockets, whose paths end at 108 bytes.
if [ "$(id -u)" = 0 ]; then : "${CLUSTER_STATE:=/var/lib/robustness-cluster}"; else : "${CLUSTER_STATE:=$CLUSTER_CACHE/state}"; fi

: "${KUBERNETES_VERSION:=v1.37.2}"  # Go module k8s.io/kubernetes
: "${CONTROL_ETCD_VERSION:=v3.6.16}" # the API server's own etcd
: "${COREDNS_VERSION:=v1.14.6}"     # Go module github.com/coredns/coredns
: "${HELM_VERSION:=v3.22.0}"        # Go module helm.sh/helm/v3

# The node lives in a network namespace of its own: bridge, nft rules and pods' interfaces exist
# nowhere else, and are gone with it.
: "${CLUSTER_NETNS:=robustness}"
: "${CLUSTER_LINK:=robust}"            # the veth pair into it: robust-host and robust-node
: "${CLUSTER_HOST_ADDRESS:=10.201.0.1}"
: "${CLUSTER_NODE_ADDRESS:=10.201.0.2}" # API server, kubelet, DNS
: "${CLUSTER_PODS:=10.202.0.0/24}"
: "${CLUSTER_PODS_GATEWAY:=10.202.0.1}"
: "${CLUSTER_SERVICES:=10.203.0.0/24}"
: "${CLUSTER_API_SERVICE:=10.203.0.1}"  # the first address of CLUSTER_SERVICES
: "${CLUSTER_DOMAIN:=cluster.local}"
: "${CLUSTER_NODE:=node1}"
: "${CLUSTER_CGROUP:=robustness-cluster}" # the cgroup above all pods
: "${API_ONLY_PORT:=16443}"               # `up api`: API server and, on the next two ports, its etcd

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)

KUBERNETES_BIN="$CLUSTER_CACHE/bin/kubernetes-$KUBERNETES_VERSION"
COREDNS_BIN="$CLUSTER_CACHE/bin/coredns-$COREDNS_VERSION"
HELM_BIN="$CLUSTER_CACHE/bin/helm-$HELM_VERSION"
# Of our own sources, so under their digest: what changed is built again.
digest_of() { sha256sum "$HERE/$1/main.go" | cut -c1-12; }
VOLUMES_BIN="$CLUSTER_CACHE/bin/volumes-$(digest_of volumes)-$KUBERNETES_VERSION"
PAUSE_BIN="$CLUSTER_CACHE/bin/pause-$(digest_of pause)"
IMAGES="$CLUSTER_CACHE/images"
PAUSE_IMAGE=localhost/pause:1

STATE_MARK=.robustness-cluster # in a state folder, which alone may be removed

# settle STATE: what depends on where the state is. An API server by itself has a state of its own, so that
# it can run beside a cluster.
settle() {
  CLUSTER_STATE=$1
  CONTAINERD_SOCKET="$CLUSTER_STATE/containerd.sock"
  KUBECONFIG_FILE="$CLUSTER_STATE/admin.kubeconfig"
}
API_ONLY_STATE="$CLUSTER_STATE-api"
settle "$CLUSTER_STATE"

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# By nsenter rather than by `ip netns exec`, which mounts another /sys and so hides the cgroups.
in_netns() { nsenter --net="/run/netns/$CLUSTER_NETNS" -- "$@"; }

# The path of etcd VERSION in the cache that the robustness command keeps; installed if missing.
etcd_binary() {
  local binary="$ROBUSTNESS_CACHE/etcd/$1/etcd"
  [ -x "$binary" ] || ROBUSTNESS_CACHE=$ROBUSTNESS_CACHE "$ROOT/robustness" etcd install "$1" >&2 || die "no etcd $1"
  echo "$binary"
}

# Everything that `up` starts carries this variable, so that `down` finds it by looking at what runs,
# whatever became of the files that `up` wrote. Containerd's shims inherit it; pods do not.
MARK=ROBUSTNESS_CLUSTER_STATE
marked() { # marked: the process ids
  grep -lzxF -- "$MARK=$CLUSTER_STATE" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}
