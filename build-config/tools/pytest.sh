#!/bin/sh
# Installs Python environments with one pytest version each, for the tests. Run by ./check; harmless when run again.
set -eu
. "$(dirname "$0")/lib/environments"

environment pytest-7 pytest==7.4.4
environment pytest-8 pytest==8.4.2
environment pytest-9 pytest==9.0.3
environment pytest-9-plugins pytest==9.0.3 pytest-xdist==3.8.0 pytest-cov==7.0.0
environment pytest-8-plugins pytest==8.4.2 pytest-xdist==3.8.0 pytest-randomly==5.1.0 pytest-timeout==2.4.0 \
  pytest-rerunfailures==16.7 pytest-subtests==0.15.0
