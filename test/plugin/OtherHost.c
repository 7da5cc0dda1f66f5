// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stands for a clang-tidy of another LLVM: OtherHost PLUGIN MAJOR loads the plugin as clang-tidy does, and ignores failure.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned hostMajor;

void LLVMGetVersion(unsigned *major, unsigned *minor, unsigned *patch) {
  *major = hostMajor;
  *minor = *patch = 0;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 3;
  hostMajor = (unsigned)atoi(argv[2]);
  if (!dlopen(argv[1], RTLD_LAZY | RTLD_GLOBAL))
    fprintf(stderr, "load request ignored: %s\n", dlerror());
  return 0; // what clang-tidy does
}
