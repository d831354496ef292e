#!/usr/bin/env bash
# `make deploy IMG=…`: puts kubejobs on the cluster that kubectl speaks to, from install.yaml, with this image. Tokens are made
# once and stay; they are in the Secret kubejobs-tokens and nowhere else. Safe to repeat: that is how an image is upgraded.
set -euo pipefail
image=${1:?deploy.sh IMAGE}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kubectl=${KUBECTL:-kubectl}
program=$here/../dist/cmd/kubejobs/main.js

apply() { "$kubectl" apply --server-side --field-manager kubejobs-deploy -f -; }

make_tokens() {
  local folder
  folder=$(umask 077 && mktemp -d)
  trap 'rm -rf "$folder"' RETURN
  node "$program" token --name admin --role admin 2>>"$folder/tokens.yaml" | tr -d '\n' >"$folder/token"
  node "$program" token --name metrics --role read 2>>"$folder/tokens.yaml" | tr -d '\n' >"$folder/metrics-token"
  "$kubectl" -n kubejobs create secret generic kubejobs-tokens --from-file="$folder"
}

"$kubectl" create namespace kubejobs --dry-run=client --output yaml | apply
if [[ -z $("$kubectl" -n kubejobs get secret kubejobs-tokens --ignore-not-found --output name) ]]; then make_tokens; fi
sed -E "s|^( +image: )kubejobs:.*|\1$image|" "$here/install.yaml" | apply
cat <<END

Once its pod is ready (kubectl -n kubejobs rollout status deployment/kubejobs):
  kubectl -n kubejobs port-forward service/kubejobs 8000 &
  export KUBEJOBS_TOKEN=\$(kubectl -n kubejobs get secret kubejobs-tokens -o jsonpath='{.data.token}' | base64 -d)
  node dist/cmd/kubejobs/main.js submit --name job1 --wait
END
