# Sourced by ./robustness and ./mvnw: exports JAVA_HOME of an installed JDK 25 or newer, because the
# `java` on PATH is often older. Prints one sentence and exits 3 when there is none.

jdk_major() {
  # "JAVA_VERSION="25.0.1"" in the release file: no JVM start is needed to read it.
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

jdk_find() {
  on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path" 2>/dev/null) &&
    on_path=${on_path%/bin/javac} || on_path=
  for home in "${JAVA_HOME-}" "$on_path" \
    /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$home" ] || continue
    major=$(jdk_major "$home") || continue
    [ "${major:-0}" -ge 25 ] 2>/dev/null && printf '%s\n' "$home" && return 0
  done
  return 1
}

JAVA_HOME=$(jdk_find) || {
  echo "robustness needs a JDK 25 or newer and found none: install one (Debian: the package temurin-25-jdk of packages.adoptium.net; others: https://adoptium.net) or set JAVA_HOME." >&2
  exit 3
}
export JAVA_HOME
