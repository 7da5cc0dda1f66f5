// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A dispatcher on an unknown library of the second shape. Nothing here is wrong.
#include "borealis.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fleet {

using borealis::Job;
using namespace std::chrono_literals;

struct Order {
  int Id = 0;
  std::string Harbour;
  int Weight = 0;
};

class Link {
public:
  virtual ~Link() = default;
  virtual Job<std::string> Ask(std::string question) = 0;
  virtual Job<void> Tell(std::string message) = 0;
};

class Ship {
public:
  Ship(std::string name, std::unique_ptr<Link> link) : name_(std::move(name)), link_(std::move(link)) {}

  Job<bool> Load(Order order) {
    auto pass = co_await gate_.Enter();
    if (load_ + order.Weight > limit_)
      co_return false;
    load_ += order.Weight;
    co_await link_->Tell("load " + std::to_string(order.Id));
    co_return true;
  }
  Job<std::optional<int>> Position() {
    for (int attempt = 0; attempt < 3; ++attempt) {
      std::string answer = co_await link_->Ask("position");
      if (!answer.empty())
        co_return static_cast<int>(answer.size());
      co_await borealis::nap(10ms);
    }
    co_return std::nullopt;
  }
  const std::string &Name() const { return name_; }

private:
  std::string name_;
  std::unique_ptr<Link> link_;
  borealis::Gatekeeper gate_;
  int load_ = 0;
  int limit_ = 100;
};

class Dispatcher {
public:
  explicit Dispatcher(borealis::Scheduler &scheduler) : scheduler_(scheduler) {}

  void Add(std::shared_ptr<Ship> ship) { ships_.push_back(std::move(ship)); }

  Job<int> Distribute(borealis::Stream<Order> orders) {
    int refused = 0;
    while (auto order = co_await orders.next()) {
      bool loaded = false;
      for (std::size_t i = 0; i < ships_.size() && !loaded; ++i) {
        auto ship = ships_[i];
        loaded = co_await ship->Load(*order);
      }
      if (!loaded)
        ++refused;
    }
    co_return refused;
  }

  Job<std::vector<std::string>> Lost() {
    std::vector<std::string> names;
    auto ships = ships_;
    for (const auto &ship : ships)
      if (!co_await ship->Position())
        names.push_back(ship->Name());
    co_return names;
  }

  void Watch() { scheduler_.Post(WatchForever(ships_)); }

private:
  static Job<void> WatchForever(std::vector<std::shared_ptr<Ship>> ships) {
    while (true) {
      for (const auto &ship : ships)
        co_await ship->Position();
      co_await borealis::nap(1s);
    }
  }

  borealis::Scheduler &scheduler_;
  std::vector<std::shared_ptr<Ship>> ships_;
};

borealis::Stream<Order> Orders(int count) {
  for (int id = 0; id < count; ++id)
    co_yield Order{id, "north", id % 10};
}

Job<int> Run(borealis::Scheduler &scheduler, std::vector<std::shared_ptr<Ship>> ships) {
  Dispatcher dispatcher(scheduler);
  for (auto &ship : ships)
    dispatcher.Add(ship);
  dispatcher.Watch();
  auto distributing = dispatcher.Distribute(Orders(100));
  int refused = co_await distributing;
  auto lost = co_await dispatcher.Lost();
  co_return refused + static_cast<int>(lost.size());
}

} // namespace fleet

std::vector<std::shared_ptr<fleet::Ship>> make_ships();

int main() {
  borealis::Scheduler scheduler;
  return scheduler.Drive(fleet::Run(scheduler, make_ships()));
}
