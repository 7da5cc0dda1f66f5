#include "task.hpp"

Task f() {
  save(1); // NOLINT(async-unawaited-task): started elsewhere
  co_await save(2); // NOLINT(async-unawaited-task)
  co_await save(3); // NOLINT(bugprone-*,async-unawaited-tsk)
  // NOLINTNEXTLINE(async-unawaited-*)
  co_await save(4);
  // NOLINTBEGIN(async-unawaited-task)
  co_await save(5);
  // NOLINTEND(async-unawaited-task)
  // NOLINTBEGIN(async-unawaited-task)
  save(6);
  // NOLINTEND(async-unawaited-task)
#ifdef ELSEWHERE
  co_await save(7); // NOLINT(async-unawaited-task)
#endif
  co_await save(8); // NOLINT
  co_await save(9); // NOLINT(*,bugprone-use-after-move)
  // NOLINTNEXTLINE(async-portability): strict, did not run
  co_await save(10);
  co_return;
}
