#!/bin/sh
# install.sh VENV LOCK: installs exactly what the lock names into a virtual environment that has bootstrap.txt.
# uv does it three times faster than pip, but knows nothing of pip's configuration: it is told the index and the certificates that pip
# would use. Where that is not enough, pip installs. Both check the same hashes, and neither fetches what is not locked.
set -eu
bin=$1/bin lock=$2

# Two serializers that nothing here uses come as source; with or without a compiler they are to be the same.
export PYBJDATA_NO_EXTENSION=1 PYUBJSON_NO_EXTENSION=1

pip_setting() {
  "$bin/pip" config list | sed -n "s/^[^ ]*\.$1='\(.*\)'\$/\1/p" | tail -n 1
}

: "${UV_DEFAULT_INDEX=$(pip_setting index-url)}" "${SSL_CERT_FILE=$(pip_setting cert)}"
[ -z "$UV_DEFAULT_INDEX" ] || export UV_DEFAULT_INDEX
[ -z "$SSL_CERT_FILE" ] || export SSL_CERT_FILE

set -- --quiet --no-deps --no-build-isolation --require-hashes --requirement "$lock"
"$bin/uv" pip install --python "$bin/python" "$@" || "$bin/pip" install --disable-pip-version-check "$@"
