// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Permits and scope guards that end with a plain function, before the task that it returns.
#include "seastar.hpp"

#include <string>
#include <utility>
#include <vector>

using seastar::future;

struct Row {
  int id;
  std::string value;
};
future<> commit(int id);
future<> commit_row(const Row &row) {
  co_await commit(row.id);
  co_await commit(row.id + 1);
}
future<> commit_all(std::vector<int> rows, std::vector<int>::iterator first) {
  co_await commit(*first);
  co_await commit(*first + 1);
}
template <class F> struct deferred {
  F run;
  explicit deferred(F f) : run(std::move(f)) {}
  deferred(const deferred &) = delete;
  ~deferred() { run(); }
};
void forget(const Row &row);
namespace own {
template <class T> T &&mv(T &value) { return static_cast<T &&>(value); }
} // namespace own
struct Trace {
  explicit Trace(const char *name);
  ~Trace();
};

class Table {
  seastar::gate gate_;
  seastar::semaphore units_{1};
  bool busy_ = false;
  int done_ = 0;

public:
  future<> holder(int id) {
    auto held = gate_.hold();
    if (id < 0)
      return seastar::make_ready_future<>();
    return commit(id).then([this] { ++done_; }); // warn: "'held' ends when this function returns; the task of 'future::then' need not be done by then"
  }
  future<> holder_taken_along(int id) {
    auto held = gate_.hold();
    return commit(id).then([this, held = std::move(held)] { ++done_; }); // ok
  }
  future<> holder_let_go(int id) {
    auto held = gate_.hold();
    held.release();
    return commit(id); // ok
  }
  future<> holder_in_coroutine(int id) {
    auto held = gate_.hold();
    co_await commit(id); // ok
  }
  future<> reset(int id) {
    busy_ = true;
    deferred guard([this] { busy_ = false; });
    return commit(id); // warn: "'guard' ends when this function returns"
  }
  future<> reset_inside(int id) {
    {
      deferred guard([this] { busy_ = false; });
      busy_ = true;
    }
    return commit(id); // ok: it has ended before
  }
  future<> concerned(Row row) {
    deferred guard([&row] { forget(row); });
    return commit(row.id); // warn: "'guard' ends when this function returns"
  }
  future<> unconcerned(int id) {
    deferred guard([this] { ++done_; });
    return commit(id); // ok: counts calls
  }
  future<> for_another_way_out(int id) {
    busy_ = true;
    bool failed = true;
    deferred guard([&] {
      if (failed)
        busy_ = false;
    });
    failed = false;
    return commit(id); // ok
  }
  future<> tried(int id) {
    auto units = seastar::try_get_units(units_, 1);
    if (!units)
      return seastar::make_ready_future<>(); // ok
    return commit(id); // warn: "'units' ends when this function returns"
  }
  future<> given(int id) {
    return seastar::get_units(units_, 1).then([this, id](seastar::semaphore_units units) {
      return commit(id).then([this] { ++done_; }); // warn: "'units' ends when this function returns"
    });
  }
  future<> given_and_kept(int id) {
    return seastar::get_units(units_, 1).then([id](seastar::semaphore_units units) {
      return commit(id).finally([units = std::move(units)] {}); // ok
    });
  }
  future<> failed(int id) {
    auto held = gate_.hold();
    if (id < 0)
      return seastar::make_exception_future<>(nullptr); // ok: done already
    ++done_;
    return seastar::make_ready_future<>(); // ok
  }
  future<> traced(int id) {
    Trace trace("traced");
    return commit(id); // ok: only strict asks what it is for
  }

  // The closure of a continuation ends once it has run, and with it what it owns.
  future<> looked_up(Row row) {
    return commit(1).then([row = std::move(row)] {
      return commit_row(row); // warn: "the returned task refers to 'row', which is destroyed when this function returns"
    });
  }
  future<> looked_up_and_kept(Row row) {
    return commit(1).then([row = std::move(row)]() mutable {
      auto work = commit_row(row);
      return work.finally([row = std::move(row)] {}); // ok
    });
  }
  future<> attached(int id) {
    Row row{id, "x"};
    return commit_row(row).or_terminate(std::move(row)); // ok: moved into the chain
  }
  future<> moved_along(int id) {
    std::vector<int> rows(id);
    return commit_all(std::move(rows), rows.begin()); // ok: the elements move into the call
  }
  future<> attached_by_own_move(int id) {
    Row row{id, "x"};
    return commit_row(row).or_terminate(own::mv(row)); // ok: moved into the chain
  }
  future<> left_behind(int id) {
    std::vector<int> rows(id);
    return commit_all({}, rows.begin()); // warn: "the returned task refers to 'rows'"
  }
  future<> by_value(Row row) {
    return commit(1).then([row] { return commit(row.id); }); // ok
  }
  future<> by_reference(Row &row) {
    return commit(1).then([&row] { return commit_row(row); }); // ok: the caller's
  }
};
