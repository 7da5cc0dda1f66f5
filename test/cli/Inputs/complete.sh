#!/bin/bash
# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# complete.sh SCRIPT WORD…: what bash would offer for the last word.
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_coroguard
printf '%s\n' "${COMPREPLY[@]}"
