#include "task.hpp"

Task store() {
  save(1);
  int number = unknown_thing;
  missing::call();
  co_await save(2);
}
