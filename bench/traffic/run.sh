#!/bin/sh
# How many recorded operations per second go through one local etcd, beside bare stubs and bare jetcd.
#   bench/traffic/run.sh [VERSION [CONNECTIONS [OUTSTANDING [ROUNDS [SECONDS [etcd flags...]]]]]]
# With --unsafe-no-fsync as a flag of etcd the disk drops out of the measurement.
set -eu
cd "$(dirname "$0")/../.."
version=${1:-v3.7.3} connections=${2:-8} outstanding=${3:-64} rounds=${4:-5} seconds=${5:-3}
[ $# -gt 5 ] && shift 5 || shift $#
. hack/jdk.sh
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
./mvnw -q -B test-compile dependency:build-classpath -pl workloads/traffic -am \
  -Dmdep.outputFile="$classpath" >&2
target=workloads/traffic/target
"$JAVA_HOME/bin/java" -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -cp "$target/test-classes:$target/classes:$(cat "$classpath")" \
  io.etcdrobustness.traffic.grpc.TrafficBench \
  "$version" "$connections" "$outstanding" "$rounds" "$seconds" "$@"
