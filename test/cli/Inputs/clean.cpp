#include "task.hpp"

Task store() { co_await save(2); }
