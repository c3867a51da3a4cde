#!/bin/sh
# Measure what the live view costs: bench/terminal/run.sh [SECONDS]
# Build first: mvn -q -Dquick -DskipTests test-compile -pl offload-cli -am
set -eu
cd "$(dirname "$0")/../.."
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
  -cp offload-cli/target/test-classes:offload-cli/target/classes:offload-api/target/classes \
  dev.offload.cli.terminal.TerminalBench "${1:-20}"
