// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A library whose promises are found through std::coroutine_traits and whose tasks are awaited by a free operator.
#include "borealis.hpp"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet {

using borealis::Job;
template <typename T> using Task = borealis::Job<T>;

Job<void> Save(int key);
Task<int> Load(int key);
borealis::Stream<int> Rows();
void Print(int value);

class Ship {
public:
  Job<void> Dock();
  Task<int> Weight() const;
  static Task<Ship *> Find(std::string_view name);
  Job<void> Leave() {
    Dock();             // warn: "Dock"
    Weight();           // warn: "Weight"
    auto docking = Dock(); // warn: "Dock"
    co_await Dock();
  }
};

Job<void> Discarded(Ship &ship) {
  Save(1);                                     // warn: "Save"
  Load(2);                                     // warn: "Load"
  ship.Dock();                                 // warn: "Dock"
  Ship::Find("a");                             // warn: "Find"
  borealis::WhenDone(Load(3), Load(4));        // warn: "WhenDone"
  (co_await Ship::Find("b"))->Dock();          // warn: "Dock"
  co_return;
}

Job<void> Held() {
  Job<void> saving = Save(1); // warn: "Save"
  if (saving)
    Print(1);
  auto loading = Load(2); // warn: "Load"
  co_return;
}

Job<int> Paths(bool wanted) {
  auto loading = Load(1); // warn: "Load"
  if (wanted)
    co_return co_await loading;
  co_return 0;
}

Job<int> Consumed(borealis::Scheduler &scheduler, borealis::Gatekeeper &keeper) {
  co_await Save(1);
  auto loading = Load(2);
  int sum = co_await loading;
  auto moved = Load(3);
  sum += co_await std::move(moved);
  scheduler.Post(Save(4));
  auto posted = Save(5);
  scheduler.Post(std::move(posted));
  co_await borealis::WhenDone(Load(6), Load(7));
  auto pass = co_await keeper.Enter();
  auto rows = Rows();
  while (auto row = co_await rows.next())
    sum += *row;
  Job<void> none;
  none = Save(8);
  co_await none;
  co_return sum;
}

void FromOutside(borealis::Scheduler &scheduler) {
  scheduler.Post(Save(1));
  int value = scheduler.Drive(Load(2));
  scheduler.Defer([&] { scheduler.Post(Save(value)); });
  scheduler.Loop();
}

} // namespace fleet
