// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task with `explicit operator bool` in a condition: always true, whatever the answer would have been.
#include "borealis.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using borealis::Job;

Job<bool> Allowed(int user);
Job<bool> HasMore();
Job<int> Count();
Job<void> Save(int key);
void Print(int value);

struct Session {
  Job<bool> Open() const;
  static Job<bool> Any();
  Job<bool> operator()(int user) const;
  virtual Job<bool> Valid() = 0;
};

using Flag = Job<bool>;
Flag Aliased();
auto Deduced() { return Allowed(1); }
#define IS_ALLOWED(user) Allowed(user)

Job<int> Conditions(Session &session, bool known) {
  if (Allowed(1)) // warn: "Allowed"
    Print(1);
  if (!Allowed(2)) // warn: "Allowed"
    co_return 0;
  if (known && Allowed(3)) // warn: "Allowed"
    Print(3);
  if (Allowed(4) || known) // warn: "Allowed"
    Print(4);
  if (session.Open()) // warn: "Open"
    Print(5);
  if (Session::Any()) // warn: "Any"
    Print(6);
  if (session(7)) // warn: "'session'"
    Print(7);
  if (!session.Valid()) // warn: "Valid"
    Print(8);
  if (Aliased()) // warn: "Aliased"
    Print(9);
  if (Deduced()) // warn: "Deduced"
    Print(10);
  if (IS_ALLOWED(11)) // warn: "Allowed"
    Print(11);
  if (Count()) // warn: "Count"
    Print(12);
  if ((Allowed(13))) // warn: "Allowed"
    Print(13);
  if (int user = 14; Allowed(user)) // warn: "Allowed"
    Print(14);
  while (HasMore()) // warn: "HasMore"
    Print(15);
  do
    Print(16);
  while (HasMore()); // warn: "HasMore"
  for (; HasMore();) // warn: "HasMore"
    Print(17);
  int chosen = Allowed(18) ? 1 : 2;                     // warn: "Allowed"
  bool flag = static_cast<bool>(Allowed(19));           // warn: "Allowed"
  bool braced{Allowed(20)};                             // warn: "Allowed"
  bool negated = !Allowed(21);                          // warn: "Allowed"
  bool both = known && !session.Open();                 // warn: "Open"
  auto lambda = [] { return !Allowed(22); };            // warn: "Allowed"
  co_return chosen + flag + braced + negated + both + lambda();
}

// Held, asked as if it were the answer, and never awaited.
Job<int> HeldAnswer() {
  auto allowed = Allowed(1);
  if (allowed) // warn: "allowed"
    Print(1);
  co_return 1;
}

template <class T> Job<int> Generic(T user) {
  if (Allowed(user)) // warn: "Allowed"
    co_return 1;
  co_return 0;
}
Job<int> Instantiate() { co_return co_await Generic(1) + co_await Generic(1L); }

int PlainFunction() {
  if (Allowed(1)) // warn: "Allowed"
    return 1;
  return 0;
}

// --- silent -----------------------------------------------------------------------------------------------------

Job<int> Awaited(Session &session) {
  if (co_await Allowed(1))
    Print(1);
  if (!co_await Allowed(2))
    co_return 0;
  while (co_await HasMore())
    Print(2);
  bool open = co_await session.Open();
  if (open && co_await Count() > 3)
    Print(3);
  co_return (co_await Allowed(3)) ? 1 : 2;
}

// Asking whether a task object holds a task at all is what the conversion is for.
Job<int> AnyTask(std::vector<Job<int>> jobs, Job<int> given) {
  Job<int> first;
  if (!jobs.empty())
    first = std::move(jobs.front());
  if (first)
    co_return co_await first;
  if (given)
    co_return co_await given;
  Job<void> saving = Save(1);
  if (saving)
    co_await saving;
  if (auto counting = Count())
    co_return co_await counting;
  co_return 0;
}

struct Worker {
  Job<void> current;
  bool Busy() const { return static_cast<bool>(current); }
  Job<void> Stop() {
    if (current)
      co_await std::exchange(current, Job<void>());
  }
};

Job<int> Wrappers() {
  std::optional<Job<int>> maybe;
  if (!maybe)
    maybe = Count();
  std::unique_ptr<Job<int>> owned;
  if (owned)
    Print(1);
  co_return co_await *maybe;
}
