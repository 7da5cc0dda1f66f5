#include "not_generated_yet.hpp"

#include "acme.hpp"

#include <utility>
#include <vector>

acme::Deferred<int> work();
acme::Deferred<> both(acme::Deferred<int>, acme::Deferred<int>);

acme::Deferred<> statement() {
  auto inStatement = work();
  co_await lost::gather(std::move(inStatement));
}

acme::Deferred<> declaration() {
  auto inDeclaration = work();
  lost::Result result = co_await std::move(inDeclaration);
}

acme::Deferred<> initializer() {
  auto inInitializer = work();
  auto result = co_await lost::gather(std::move(inInitializer));
}

acme::Deferred<> argument() {
  auto inArgument = work();
  co_await both(std::move(inArgument), lost(0));
}

acme::Deferred<> operand() {
  std::vector<acme::Deferred<int>> inVector;
  inVector.push_back(work());
  acme::lost(acme::lost::gather(std::move(inVector)));
}

acme::Deferred<> branch(bool ready) {
  auto inBranch = work();
  if (ready)
    lost::sink(std::move(inBranch));
  else
    co_return;
}

acme::Deferred<> closure() {
  auto inClosure = work();
  auto later = [&] { lost::sink(std::move(inClosure)); };
  later();
}

acme::Deferred<> paths(bool ready) {
  auto onPaths = work();
  if (ready)
    lost::leave(onPaths);
  if (!ready)
    co_await std::move(onPaths);
}

acme::Deferred<> unrelated(int number) {
  auto forgotten = work();
  lost::log("about to wait", number);
  co_return;
}
