// flags: -std=c++17
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seastar's futures of any number of values, as they were before coroutines.
#include <exception>

namespace seastar {
template <class... T> class [[nodiscard]] future {
public:
  future(future &&) noexcept;
  ~future();
  template <class F> future<> then(F &&) { return made(); }
  template <class F> future<T...> handle_exception(F &&) { return static_cast<future &&>(*this); }
  bool available() const;
  static future<> made();
};
} // namespace seastar

seastar::future<> save(int key);
seastar::future<int> load(int key);

seastar::future<int> in_order() {
  auto sent = save(1).handle_exception([](std::exception_ptr) {});   // ok: nothing is left to learn
  auto failed = save(2);                                             // warn: "failed"
  auto number = load(3).handle_exception([](std::exception_ptr) {}); // warn: "number"
  return load(4);
}
