// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The header of the Coroutines TS: its successor has the same names.
#include <experimental/coroutine> // warn: "experimental/coroutine"
// fixed: #include <coroutine>
#include <exception>

int no_use_of_it() { return 0; }
