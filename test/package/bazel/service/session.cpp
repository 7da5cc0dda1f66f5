#include <store.hpp>

Task session() {
  save(ANSWER);
  co_await twice(1);
}
