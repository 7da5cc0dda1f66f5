#include "shared/store.hpp"

Task calm() {
  co_await save(1);
  co_await save(2);
}
