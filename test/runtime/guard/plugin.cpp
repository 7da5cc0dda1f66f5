// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plugin that blocks. Built twice, with the name of its function as the difference, so that both have the same layout.
#include <unistd.h>

static void __attribute__((noinline)) NAME() {
  usleep(2000);
  __asm__ volatile("");
}
extern "C" void plugin_entry() {
  NAME();
  __asm__ volatile("");
}
