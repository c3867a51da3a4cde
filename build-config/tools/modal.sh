#!/bin/sh
# Installs the Modal SDK for the tests, which run it against a server of their own. Run by ./check; harmless when run again.
set -eu
. "$(dirname "$0")/lib/environments"

# pytest is here because the sandboxes of the tests are processes of this machine and run its Python.
environment modal modal==1.6.4 pytest==9.0.3
