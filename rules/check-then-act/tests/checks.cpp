// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A test of shared state, a suspension, and then the act that relied on the test.
#include "acme.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

using acme::Deferred;

struct Peer {
  int port = 0;
  void poke();
};
Deferred<> save(int key);
Deferred<bool> allowed();
void use(int value);

class Server {
  std::unique_ptr<Peer> peer_;
  Peer *raw_ = nullptr;
  std::optional<int> value_;
  std::queue<int> queue_;
  std::deque<int> waiting_;
  std::vector<int> numbers_;
  std::map<int, int> table_;
  std::shared_ptr<Peer> shared_;

public:
  void reset() {
    peer_.reset();
    raw_ = nullptr;
    value_.reset();
    queue_ = {};
    waiting_.clear();
    numbers_.clear();
    table_.clear();
    shared_ = nullptr;
  }

  Deferred<> pointer() {
    if (peer_) {
      co_await save(1);
      peer_->poke(); // warn: "peer_"
    }
  }
  Deferred<> early_return() {
    if (!peer_)
      co_return;
    co_await save(1);
    peer_->poke(); // warn: "peer_"
  }
  Deferred<> compared() {
    if (raw_ != nullptr) {
      co_await save(1);
      raw_->poke(); // warn: "raw_"
    }
  }
  Deferred<> optional() {
    if (!value_.has_value())
      co_return;
    co_await save(1);
    use(*value_); // warn: "value_"
  }
  Deferred<> container() {
    if (!queue_.empty()) {
      co_await save(1);
      use(queue_.front()); // warn: "queue_"
    }
  }
  Deferred<> loop() {
    while (!waiting_.empty()) {
      co_await save(1);
      waiting_.pop_front(); // warn: "waiting_"
    }
  }
  Deferred<> size(std::size_t i) {
    if (i >= numbers_.size())
      co_return;
    co_await save(1);
    use(numbers_[i]); // warn: "numbers_"
  }
  Deferred<> await_between() {
    if (peer_ && co_await allowed())
      peer_->poke(); // warn: "peer_"
  }
  Deferred<> some_paths(bool slow) {
    if (!peer_)
      co_return;
    if (slow)
      co_await save(1);
    peer_->poke(); // warn: "peer_"
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  Deferred<> checked_again() {
    if (peer_) {
      co_await save(1);
      if (peer_)
        peer_->poke();
    }
  }
  Deferred<> act_first() {
    if (peer_) {
      peer_->poke();
      co_await save(1);
    }
    if (!queue_.empty()) {
      int value = queue_.front();
      queue_.pop();
      co_await save(value);
    }
  }
  Deferred<> own_copy() {
    auto shared = shared_;
    if (!shared)
      co_return;
    co_await save(1);
    shared->poke();
    if (auto value = value_) {
      co_await save(2);
      use(*value);
    }
  }
  Deferred<> taken_out() {
    if (auto peer = std::exchange(peer_, nullptr)) {
      co_await save(1);
      peer->poke();
    }
  }
  Deferred<> set_here() {
    if (!peer_)
      peer_ = std::make_unique<Peer>();
    peer_->poke();
    co_await save(1);
  }
};

class Locked {
  acme::Latch latch_;
  std::optional<int> value_;

public:
  Deferred<> reset() {
    auto held = co_await latch_.acquire();
    value_.reset();
  }
  Deferred<> use_it() {
    auto held = co_await latch_.acquire();
    if (value_) {
      co_await save(1);
      use(*value_); // ok: the async mutex covers both
    }
  }
  Deferred<> locks_late() {
    if (!value_)
      co_return;
    co_await save(1);
    use(*value_); // warn: "'value_' was tested"
    auto held = co_await latch_.acquire();
    co_await save(2);
  }
};

// A lock helps against those who take it, too.
class HalfLocked {
  acme::Latch latch_;
  std::optional<int> value_, quiet_, told_, by_hand_;

public:
  Deferred<> drop_unlocked() {
    co_await save(1);
    value_.reset();
  }
  Deferred<> drop_all() {
    auto held = co_await latch_.acquire();
    drop_quiet();
  }
  Deferred<> tell() {
    co_await save(1);
    drop_told();
  }
  Deferred<> use_it() {
    auto held = co_await latch_.acquire();
    if (value_) {
      co_await save(1);
      use(*value_); // warn: "'value_' was tested"
    }
  }
  Deferred<> drop_by_hand() {
    co_await latch_.acquire();
    by_hand_.reset();
  }
  Deferred<> use_by_hand() {
    auto held = co_await latch_.acquire();
    if (by_hand_) {
      co_await save(1);
      use(*by_hand_); // ok: who drops it speaks of a lock, too
    }
  }
  Deferred<> use_quiet() {
    auto held = co_await latch_.acquire();
    if (quiet_) {
      co_await save(1);
      use(*quiet_); // ok: its change is called under the lock
    }
  }
  Deferred<> use_told() {
    auto held = co_await latch_.acquire();
    if (told_) {
      co_await save(1);
      use(*told_); // warn: "'told_' was tested"
    }
  }

private:
  void drop_quiet() { quiet_.reset(); }
  void drop_told() { told_.reset(); }
};

class Settled {
  std::unique_ptr<Peer> peer_ = std::make_unique<Peer>();

public:
  Deferred<> run() {
    if (!peer_)
      co_return;
    co_await save(1);
    peer_->poke(); // ok: nobody ever writes it
  }
};

Deferred<> locals() {
  std::optional<int> value = 3;
  std::vector<int> numbers = {1};
  if (value && !numbers.empty()) {
    co_await save(1);
    use(*value + numbers.front()); // ok: nobody else has them
  }
}

#define MUST(condition) (__builtin_expect(!(condition), 0) ? __builtin_trap() : void())
class Asserting {
  std::unique_ptr<Peer> peer_;
  Peer *raw_ = nullptr;

public:
  void drop() {
    peer_.reset();
    raw_ = nullptr;
  }
  Deferred<> looks_again() {
    if (!peer_ || !raw_)
      co_return;
    co_await save(1);
    MUST(peer_);
    peer_->poke(); // ok: an assertion has looked again
    MUST(raw_);
    raw_->poke(); // ok
  }
};

/// What a caller sets may be nothing.
class Room {
public:
  void set_topic(std::optional<std::string> topic) { topic_ = std::move(topic); }
  void set_name(std::string name) { name_ = std::move(name); }
  Deferred<> says_topic() {
    if (!topic_)
      co_return;
    co_await save(1);
    tell(*topic_); // warn: "topic_"
  }
  Deferred<> says_name() {
    if (!name_)
      co_return;
    co_await save(1);
    tell(*name_); // ok: whoever sets it sets something
  }

private:
  static void tell(const std::string &text);
  std::optional<std::string> topic_, name_;
};

/// A flag keeps what a test gave; a size is asked.
class Noted {
public:
  void drops() {
    peer_.reset();
    queue_.clear();
  }
  Deferred<> flag() {
    const bool up = peer_ != nullptr;
    co_await save(1);
    if (up)
      peer_->poke(); // warn: "peer_"
  }
  Deferred<> flag_afterwards() {
    co_await save(1);
    const bool up = peer_ != nullptr;
    if (up)
      peer_->poke(); // ok
  }
  Deferred<> flag_and_test() {
    const bool up = peer_ != nullptr;
    co_await save(1);
    if (up && peer_)
      peer_->poke(); // ok
  }
  Deferred<> size() {
    if (queue_.size() == 0)
      co_return;
    co_await save(1);
    use(queue_.front()); // warn: "queue_"
  }
  Deferred<> size_again() {
    if (queue_.size() == 0)
      co_return;
    co_await save(1);
    if (queue_.size() > 0)
      use(queue_.front()); // ok
  }

private:
  std::unique_ptr<Peer> peer_;
  std::deque<int> queue_;
};
