#include "shared/store.hpp"

Task save(int) { co_return; }
