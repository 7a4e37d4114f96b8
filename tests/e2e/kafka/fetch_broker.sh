#!/usr/bin/env bash
# fetch_broker.sh [VERSION]: puts an Apache Kafka broker's jars (of pom.xml's version, or this one) into the test cache and
# prints their folder. What cannot be had here (no Java, no Maven, no network) is reported as "SKIP: reason" with status
# 77, so that a test is skipped aloud and never passed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${TAPEWATCH_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tapewatch-tests}
version=${1:-$(sed -n 's/.*<kafka.version>\(.*\)<.*/\1/p' "$here/pom.xml")}
folder=$cache/kafka-$version
skip() { echo "SKIP: real Kafka broker: $*"; exit 77; }

command -v java >/dev/null || skip "no java on this machine (Debian: openjdk-17-jre-headless)"
command -v kcat >/dev/null || skip "no kcat on this machine (Debian: kcat)"
mkdir -p "$cache"
exec 9>"$cache/kafka.lock"
flock 9  # tests run side by side
if [ ! -f "$folder/complete" ]; then
  command -v mvn >/dev/null || skip "no mvn to fetch it with (Debian: maven)"
  rm -rf "$folder.part"
  mkdir -p "$folder.part"
  cp "$here/pom.xml" "$folder.part/pom.xml"
  if ! timeout 300 mvn -q -B -f "$folder.part/pom.xml" -Dkafka.version="$version" "-Plog-${version%%.*}" \
      dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder.part/lib" >"$folder.part/mvn.log" 2>&1; then
    skip "its jars could not be fetched: $(grep -m1 ERROR "$folder.part/mvn.log" || tail -1 "$folder.part/mvn.log")"
  fi
  touch "$folder.part/complete"
  rm -rf "$folder"
  mv "$folder.part" "$folder"
fi
echo "$folder/lib"
