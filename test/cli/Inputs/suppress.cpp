#include "task.hpp"

#define BOTH(a, b) \
  do {             \
    a;             \
    b;             \
  } while (false)

Task f() {
	save(1);
  save(2), save(3);
  /* of two
     lines */ save(4);
  save(5); // why not
  // NOLINTNEXTLINE(async-blocking-call): it does not
  save(6);
  /* NOLINTNEXTLINE(async-blocking-call) */
  save(7);
  const char *text = R"(
  )"; save(8);
  (void)text;
  co_return;
}
#define LATER        \
  Task g() {         \
    save(9);         \
    co_return;       \
  }
LATER
