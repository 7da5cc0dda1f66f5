#pragma once
#include "limits.hpp"
#include "task.hpp"

Task save(int key);
inline Task twice(int key) {
  save(key);
  co_await save(key + limit);
}
