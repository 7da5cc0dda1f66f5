#include "acme.hpp"

acme::Deferred<int> work();
acme::Deferred<int> other();

acme::Deferred<> broken(bool ready) {
  auto task = other();
  if (ready)
    co_await std::move(task);
  else {
    int taken = sink(task);
  }
}

acme::Deferred<> beside(bool ready) {
  auto task = work();
  if (ready)
    co_await std::move(task);
}
