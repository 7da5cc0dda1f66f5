#!/bin/sh
# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# exit.sh STATUS COMMAND…: succeeds if the command ends with this status.
wanted=$1
shift
"$@"
got=$?
[ "$got" -eq "$wanted" ] && exit 0
echo "exit.sh: expected exit status $wanted, got $got: $*" >&2
exit 1
