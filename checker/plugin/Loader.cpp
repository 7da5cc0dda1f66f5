// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// libcoroguard-tidy.so. clang-tidy ignores a plugin it cannot load and exits 0, so a linter that never ran looks clean. This
// file needs nothing of LLVM: every host can load it, and it stops any host in which the rules could not work.
#include <dlfcn.h>
#include <link.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace {

/// 0 when nothing tells.
unsigned hostLlvmMajor() {
  // In LLVM's C API since 16.
  using Version = void (*)(unsigned *, unsigned *, unsigned *);
  if (auto version = reinterpret_cast<Version>(dlsym(RTLD_DEFAULT, "LLVMGetVersion"))) {
    unsigned major = 0, minor = 0, patch = 0;
    version(&major, &minor, &patch);
    return major;
  }
  // Before that, the library's file name: libLLVM-14.so.1.
  unsigned major = 0;
  dl_iterate_phdr(
      [](dl_phdr_info *library, size_t, void *result) {
        const char *name = strstr(library->dlpi_name, "/libLLVM-");
        if (name)
          *static_cast<unsigned *>(result) = static_cast<unsigned>(atoi(name + strlen("/libLLVM-")));
        return name ? 1 : 0;
      },
      &major);
  return major;
}

/// Ends the host: exit status 2 is "the tool could not do its work" everywhere in coroguard.
[[noreturn]] void stop() {
  fflush(stderr);
  _exit(2);
}

__attribute__((constructor)) void loadRules() {
  Dl_info self;
  if (!dladdr(reinterpret_cast<void *>(&loadRules), &self)) {
    fprintf(stderr, "coroguard: error: the plugin cannot find its own file\n");
    stop();
  }
  const char *slash = strrchr(self.dli_fname, '/');
  const int folder = slash ? static_cast<int>(slash - self.dli_fname) : 1;
  const char *start = slash ? self.dli_fname : ".";

  const unsigned host = hostLlvmMajor();
  // A host that links LLVM statically does not tell; then the symbols decide below.
  const unsigned major = host ? host : COROGUARD_LLVM_MAJOR;
  char rules[4096];
  snprintf(rules, sizeof rules, "%.*s/libcoroguard-tidy-llvm%u.so", folder, start, major);
  if (access(rules, R_OK) != 0) {
    if (major == COROGUARD_LLVM_MAJOR)
      fprintf(stderr, "coroguard: error: '%s' is missing; it belongs beside '%s'\n", rules, self.dli_fname);
    else
      fprintf(stderr,
              "coroguard: error: this program is built with LLVM %u, the rules with LLVM %d; no rule can run\n"
              "coroguard: use 'clang-tidy-%d --load=%s', or build coroguard against LLVM %u\n",
              major, COROGUARD_LLVM_MAJOR, COROGUARD_LLVM_MAJOR, self.dli_fname, major);
    stop();
  }
  // RTLD_NOW: a symbol the host lacks must show here, not as a crash in the middle of a run.
  if (!dlopen(rules, RTLD_NOW | RTLD_LOCAL)) {
    fprintf(stderr, "coroguard: error: no rule can run in this program: %s\n", dlerror());
    fprintf(stderr, "coroguard: load the plugin into 'clang-tidy-%d'; for editors there is 'coroguard-clangd'\n",
            COROGUARD_LLVM_MAJOR);
    stop();
  }
}

} // namespace
