#include "task.hpp"

Task f() {
  save(1);
  save(2); // NOLINT
  save(3); // NOLINT(async-unawaited-task): started elsewhere
  save(4); // NOLINT(async-*)
  save(5); // NOLINT(bugprone-*,async-unawaited-task)
  save(6); // NOLINT(bugprone-*)
  // NOLINTNEXTLINE(async-unawaited-task)
  save(7);
  // NOLINTBEGIN(async-*)
  save(8);
  save(9);
  // NOLINTEND(async-*)
  save(10);
  co_return;
}
