#!/bin/sh
# Fetches the versions of JUnit that the tests use, and what Maven needs to compile a project with them, into Maven's local
# repository. Run by ./check; harmless when run again.
set -eu
tools=${OFFLOAD_TEST_TOOLS:-$HOME/.cache/offload-test-tools}
versions="5.4.2 5.14.4 6.1.3"
mkdir -p "$tools/junit"
[ -f "$tools/junit/ready" ] && [ "$(cat "$tools/junit/ready")" = "$versions" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1

fetch() { # name, "group artifact version"…
  folder=$work/$1
  shift
  mkdir -p "$folder/src/test/java"
  echo 'class Empty {}' >"$folder/src/test/java/Empty.java"
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>fix</groupId><artifactId>fix</artifactId><version>1</version>'
    echo '<properties><maven.compiler.release>17</maven.compiler.release></properties><dependencies>'
    for artifact in "$@"; do
      # Three words each.
      # shellcheck disable=SC2086
      printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n' $artifact
    done
    echo '</dependencies><build><plugins>'
    echo '<plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>'
    echo '<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.16.0</version></plugin>'
    echo '</plugins></build></project>'
  } >"$folder/pom.xml"
  (cd "$folder" && mvn -q -B test-compile "$plugin:build-classpath" -Dmdep.outputFile=target/class-path </dev/null)
}

fetch old "org.junit.jupiter junit-jupiter 5.4.2" "org.junit.platform junit-platform-launcher 1.4.2"
fetch five "org.junit.jupiter junit-jupiter 5.14.4" "org.junit.platform junit-platform-launcher 1.14.4" \
  "org.junit.vintage junit-vintage-engine 5.14.4"
fetch six "org.junit.jupiter junit-jupiter 6.1.3" "org.junit.platform junit-platform-launcher 6.1.3"
fetch four "junit junit 4.13.2"
printf '%s' "$versions" >"$tools/junit/ready"
