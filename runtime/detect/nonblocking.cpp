// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `[[clang::nonblocking]]` and `[[clang::blocking]]`: what clang's -fsanitize=realtime calls at the start and end of such
// functions. A program compiled so and linked with -fno-sanitize-link-runtime and the guard has them as scopes and marks. A
// program with RealtimeSanitizer's own runtime has that one's functions in front of these.
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

using namespace coroguard::guard;

#define COROGUARD_REALTIME extern "C" __attribute__((visibility("default"), used))

COROGUARD_REALTIME void __rtsan_ensure_initialized() {}
COROGUARD_REALTIME void __rtsan_realtime_enter() { coroguard_forbid_enter("[[clang::nonblocking]]"); }
COROGUARD_REALTIME void __rtsan_realtime_exit() { coroguard_forbid_leave(); }
COROGUARD_REALTIME void __rtsan_disable() { coroguard_allow_enter("__rtsan::ScopedDisabler"); }
COROGUARD_REALTIME void __rtsan_enable() { coroguard_allow_leave(); }
COROGUARD_REALTIME void __rtsan_notify_blocking_call(const char *function) {
  if (!self.armed || self.outermost || !process.opt.calls)
    return;
  auto frame = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  call_context call{coroguard::record::none16, reinterpret_cast<uint64_t>(__builtin_return_address(0)), frame + 16, *reinterpret_cast<uint64_t *>(frame), sys::now()};
  report_call(call, 0, coroguard::record::kind::marked, function, 0);
}
