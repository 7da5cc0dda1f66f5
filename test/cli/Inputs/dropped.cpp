#include "task.hpp"

Task store() {
  save(1);
  co_await save(2);
}
