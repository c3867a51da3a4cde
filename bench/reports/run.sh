#!/bin/sh
# Measure report.html + junit.xml, summary.json and events.jsonl for a big run: bench/reports/run.sh [TESTS]
# Build first: mvn -q -Dquick -DskipTests test-compile -pl offload-engine,offload-reports,offload-testkit -am
# With the faster compiler only, as Offload itself runs.
set -eu
tests=${1:-100000}
cd "$(dirname "$0")/../.."
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
jackson=$(find "${HOME}/.m2/repository/tools/jackson/core/jackson-core" -name 'jackson-core-*.jar' ! -name '*-sources.jar' | sort | tail -n 1)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
run() {
  module=$1
  main=$2
  shift 2
  "$java" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -cp "$module/target/test-classes:$module/target/classes:offload-api/target/classes:offload-testkit/target/classes:$jackson" \
    "$main" "$tests" "$out" "$@"
}
run offload-reports dev.offload.report.ReportsBench html junit
run offload-reports dev.offload.report.ReportsBench summary
run offload-engine dev.offload.engine.event.JournalBench
