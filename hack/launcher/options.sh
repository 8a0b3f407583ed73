# Sourced by ./robustness and hack/launcher/prepare, which must agree: an archive of classes holds for one class path and one
# set of options. Wants $home.

# Jars are opened in this order until a class is found.
class_path="$(printf '%s:' "$home"/lib/picocli-*.jar "$home"/lib/cli-*.jar)$home/lib/*"
# Half of the heap for what dies young: histories without events leave much of that.
judge_options="-XX:+UseSerialGC -XX:NewRatio=1 -XX:TieredStopAtLevel=1"
network_options="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

# Who judges asks no network. picocli looks for a class that is not there, in all jars: to open the other sixty takes
# longer than to judge a small history.
judge_class_path=$class_path
[ ! -r "$home/judge.classpath" ] || read -r judge_class_path <"$home/judge.classpath"
