#!/usr/bin/env bash
# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What the GitHub action runs. Its inputs are COROGUARD_* variables: nothing that a pull request may choose is read as code.
set -euo pipefail

program=${COROGUARD_PROGRAM:-$(command -v coroguard || true)}
if [ -z "$program" ]; then
  tree=$(cd "$(dirname "$(readlink -f "$0")")/../../.." && pwd)
  echo "::group::Building coroguard"
  "$tree/dev" --preset release build coroguard
  echo "::endgroup::"
  program=$tree/build/release/bin/coroguard
fi

arguments=(check --format github --report "sarif=$COROGUARD_SARIF")
[ -z "${COROGUARD_BUILD:-}" ] || arguments+=(-p "$COROGUARD_BUILD")
read -ra words <<<"${COROGUARD_CHECK_OPTIONS:-} ${COROGUARD_PATHS:-}"
arguments+=("${words[@]}")

# A container's checkout belongs to somebody else, and then git, which --diff asks, refuses.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=${GITHUB_WORKSPACE:-*}

status=0
"$program" "${arguments[@]}" || status=$?
echo "status=$status" >>"${GITHUB_OUTPUT:-/dev/null}"
if [ "$status" = 1 ] && [ "${COROGUARD_FAIL:-false}" != true ]; then
  exit 0
fi
exit "$status"
