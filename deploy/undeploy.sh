#!/usr/bin/env bash
# `make undeploy`: takes away what install.yaml brought, but for what cannot be had again: the volume with the jobs, the
# tokens, the namespaces and what is in them. PURGE=1 takes these too.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kubectl=${KUBECTL:-kubectl}

without_what_stays() {
  awk 'function flush() { if (!stays) printf "%s", text; text = ""; stays = 0 }
    /^---/ { flush() }
    /^kind: (Namespace|PersistentVolumeClaim)$/ { stays = 1 }
    { text = text $0 "\n" }
    END { flush() }' "$here/install.yaml"
}

if [[ ${PURGE:-} == 1 ]]; then
  "$kubectl" delete --ignore-not-found -f "$here/install.yaml"
else
  without_what_stays | "$kubectl" delete --ignore-not-found -f -
fi
