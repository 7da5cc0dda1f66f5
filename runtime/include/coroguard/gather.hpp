// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// gather: run several awaitables at the same time and collect their results in order.
//
//   auto [user, orders] = co_await coroguard::gather(load_user(id), load_orders(id));
//   std::vector<int> all = co_await coroguard::gather(std::move(tasks));              // a range
//   auto r = co_await coroguard::gather(coroguard::return_exceptions, a(), b());      // std::get<0>(r).exception()
//
// As in asyncio: tasks start at the call; the first exception reaches the awaiter at once while the others go on; cancelling
// the gather cancels them all. Unlike there, `cancelled()` of its future is true when a cancellation ended it, also one child's:
// asyncio's says false, and holds the CancelledError as its exception.
#pragma once

#include "coroguard/task_handle.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <tuple>
#include <variant>
#include <vector>

namespace coroguard {

struct return_exceptions_t {};
inline constexpr return_exceptions_t return_exceptions{};

/// A value or the exception that came instead (cancelled_error too).
template <class T = void> class result_or_exception {
public:
  using stored = std::conditional_t<std::is_void_v<T>, std::monostate,
                                    std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T> *, T>>;
  result_or_exception() = default;
  bool has_value() const noexcept { return state_.index() == 1; }
  explicit operator bool() const noexcept { return has_value(); }
  /// Null if there is a value.
  std::exception_ptr exception() const noexcept { return has_value() ? nullptr : std::get<0>(state_); }
  /// The value, or throws the exception.
  decltype(auto) value() const & {
    check();
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*std::get<1>(state_));
    else if constexpr (!std::is_void_v<T>)
      return static_cast<const T &>(std::get<1>(state_));
  }
  decltype(auto) value() && {
    check();
    if constexpr (std::is_reference_v<T>)
      return static_cast<T>(*std::get<1>(state_));
    else if constexpr (!std::is_void_v<T>)
      return T(std::move(std::get<1>(state_)));
  }
  template <class U> void set(U &&value) {
    if constexpr (std::is_reference_v<T>)
      state_.template emplace<1>(std::addressof(value));
    else
      state_.template emplace<1>(std::forward<U>(value));
  }
  void set_exception(std::exception_ptr e) { state_.template emplace<0>(std::move(e)); }

private:
  void check() const {
    if (!has_value())
      std::rethrow_exception(std::get<0>(state_) ? std::get<0>(state_)
                                                 : std::make_exception_ptr(invalid_state_error("coroguard: no result")));
  }
  std::variant<std::exception_ptr, stored> state_;
};

namespace detail {

template <class A> struct future_value;
template <class T> struct future_value<future<T>> { using type = T; };
template <class T> struct future_value<task_handle<T>> { using type = T; };
template <class A> inline constexpr bool is_future_like = requires { typename future_value<A>::type; };

template <class A> task<await_result_t<A>> awaitable_as_task(A a) { co_return co_await std::move(a); }

/// A task for anything awaitable; the core of futures and handles themselves (asyncio's ensure_future).
template <class A> core_ref<future_core> ensure_future(event_loop &loop, A &&a) {
  using plain = std::remove_cvref_t<A>;
  if constexpr (is_future_like<plain>) {
    if (!a.valid())
      future_waiter::throw_no_state();
    if constexpr (std::is_lvalue_reference_v<A>)
      return a.ref();
    else
      return std::move(a).take_ref();
  } else if constexpr (is_task<plain>) {
    static_assert(!std::is_lvalue_reference_v<A>, "a task is single-shot: pass it with std::move");
    return spawn(loop, std::move(a), {}, false);
  } else {
    return spawn(loop, awaitable_as_task<plain>(std::forward<A>(a)), {}, false);
  }
}
template <class Plain> struct value_of_plain { using type = await_result_t<Plain>; };
template <class Plain>
  requires is_future_like<Plain>
struct value_of_plain<Plain> {
  using type = typename future_value<Plain>::type;
};
/// What awaiting an `A` gives.
template <class A> using value_of_awaitable = typename value_of_plain<std::remove_cvref_t<A>>::type;

/// State shared by gathers of every shape: counts the children not yet done.
struct gather_base : tally {
  struct listener : done_node, pooled { ///< of a child that has others before us
    gather_base *owner = nullptr;
  };
  future_core *self = nullptr;
  bool as_values = false, cancel_requested = false, deferred = false, complete = false;
  future_core *failed = nullptr;
  struct deferral : ready_node {
    gather_base *owner = nullptr;
  } node;
  void (*collect)(gather_base *) = nullptr; ///< makes the result of finished children
  std::vector<std::unique_ptr<listener>> listeners;

  gather_base() noexcept { on_end = &gather_base::child_done; }
  /// `pending` counts all children beforehand.
  void listen(future_core *child);
  static void child_done(tally *owner, future_core *child) noexcept;
  void child_done(future_core *child) noexcept;
  void defer() noexcept;
  static void arrive(ready_node *node);
};

/// How many children ahead memory is asked for: with many tasks, waiting for it is most of the time.
inline constexpr std::size_t far_ahead = 32;
inline future_core *child_core(const core_ref<future_core> &child) noexcept { return child.get(); }
inline future_core *child_core(const any_future &child) noexcept { return child.ref().get(); }

template <class Result, class Children> struct gather_state final : future_state<Result>, gather_base {
  Children children; ///< what core_ref or handles of them are in
  static const future_operations table;
  explicit gather_state(event_loop *l) : future_state<Result>(l, &table) {
    self = this;
    node.owner = this;
  }
  ~gather_state() {
    if (pending > 0) [[unlikely]] // memory ended while it began
      for (auto &c : children)
        child_core(c)->callbacks.take_tally(this);
  }
  bool cancel_children() {
    if (this->done())
      return false;
    bool any = false;
    this->retain(); // children may finish meanwhile
    for (auto &c : children)
      if (child_core(c)->cancel())
        any = true;
    if (any)
      cancel_requested = true;
    this->release();
    return any;
  }
  /// Listens to all children.
  void begin() {
    pending = children.size();
    auto *ahead = children.data() + std::min(far_ahead, pending), *end = children.data() + pending;
    for (auto &c : children) {
      if (ahead != end)
        __builtin_prefetch(child_core(*ahead++), 1);
      if (auto *core = child_core(c); core->done() || !core->callbacks.add(this)) [[unlikely]]
        listen(core);
    }
    this->retain(); // until every child is done
    if (children.size() == 0) {
      complete = true;
      defer();
    }
  }
};
template <class Result, class Children>
const future_operations gather_state<Result, Children>::table = {
    [](future_core *f) noexcept {
      f->report_unretrieved();
      delete static_cast<gather_state *>(static_cast<future_state<Result> *>(f));
    },
    [](future_core *f) { return static_cast<gather_state *>(static_cast<future_state<Result> *>(f))->cancel_children(); },
    "gather"};

std::exception_ptr failure_of(future_core *core);

template <class T> using gathered = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T> result_or_exception<T> take_outcome(const core_ref<future_core> &c) {
  result_or_exception<T> r;
  if (c->state != outcome::value)
    r.set_exception(failure_of(c.get()));
  else if constexpr (std::is_void_v<T>)
    r.set(std::monostate());
  else
    r.set(fetch<T>(c));
  return r;
}
template <class T> gathered<T> take_value(const core_ref<future_core> &c) {
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return fetch<T>(c);
}

inline core_ref<future_core> take_child(core_ref<future_core> &child) noexcept { return std::move(child); }
inline core_ref<future_core> take_child(any_future &child) noexcept { return std::move(child).take_ref(); }

/// The finished task that `core` alone holds, if it is one with a `T` and nothing else to look after.
template <class T> task_state<T> *sole_plain_task(const core_ref<future_core> &core) noexcept {
  if (core->operations != &task_state<T>::table || core->references != 1)
    return nullptr;
  auto *task = static_cast<task_state<T> *>(core.get());
  return task->is_plain() ? task : nullptr;
}

template <bool AsValues, class... A> auto gather_these(event_loop &loop, A &&...awaitables) {
  using result = std::conditional_t<AsValues, std::tuple<result_or_exception<value_of_awaitable<A>>...>,
                                    std::tuple<gathered<value_of_awaitable<A>>...>>;
  using state = gather_state<result, std::array<core_ref<future_core>, sizeof...(A)>>;
  auto s = core_ref<state>::adopt(new state(&loop));
  s->as_values = AsValues;
  s->collect = [](gather_base *base) {
    auto *self = static_cast<state *>(base);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      if constexpr (AsValues)
        self->slot.set(result(take_outcome<value_of_awaitable<A>>(self->children[I])...));
      else
        self->slot.set(result(take_value<value_of_awaitable<A>>(self->children[I])...));
    }(std::index_sequence_for<A...>());
  };
  std::size_t i = 0;
  ((s->children[i++] = ensure_future(loop, std::forward<A>(awaitables))), ...);
  s->begin();
  return future<result>(core_ref<future_core>::share(s.get()));
}

/// A vector of handles that is given away serves as it is.
template <class Range, class Element>
inline constexpr bool keeps_children = is_future_like<Element> && std::same_as<Range, std::vector<Element>>;

template <bool AsValues, class Range> auto gather_range(event_loop &loop, Range &&range) {
  using element = std::ranges::range_value_t<Range>;
  using T = value_of_awaitable<element>;
  using result = std::conditional_t<AsValues, std::vector<result_or_exception<T>>,
                                    std::conditional_t<std::is_void_v<T>, void, std::vector<gathered<T>>>>;
  using state = gather_state<result, std::conditional_t<keeps_children<Range, element>, std::remove_cvref_t<Range>, std::vector<core_ref<future_core>>>>;
  auto s = core_ref<state>::adopt(new state(&loop));
  s->as_values = AsValues;
  s->collect = [](gather_base *base) {
    auto *self = static_cast<state *>(base);
    if constexpr (std::is_void_v<result>) {
      self->slot.set();
    } else {
      result values;
      values.reserve(self->children.size());
      auto *first = self->children.data(), *end = first + self->children.size(), *ahead = first + std::min(far_ahead, self->children.size());
      for (auto *child = first; child != end; ++child) {
        if (ahead != end)
          task_state<T>::prefetch(child_core(*ahead++));
        auto core = take_child(*child); // and end it while it is in the cache
        if constexpr (AsValues) {
          values.push_back(take_outcome<T>(core));
        } else if constexpr (std::is_nothrow_move_constructible_v<gathered<T>>) {
          if (auto *task = sole_plain_task<T>(core)) [[likely]] {
            values.push_back(task->slot.take());
            (void)core.detach();
            task->destroy_plain();
          } else {
            values.push_back(take_value<T>(core));
          }
        } else {
          values.push_back(take_value<T>(core));
        }
      }
      self->slot.set(std::move(values));
    }
  };
  if constexpr (keeps_children<Range, element>) {
    for (auto &a : range)
      (void)a.core(); // throws if it is empty
    s->children = std::move(range);
  } else {
    if constexpr (std::ranges::sized_range<Range>)
      s->children.reserve(std::ranges::size(range));
    for (auto &&a : range) {
      if constexpr (std::is_lvalue_reference_v<Range> && is_future_like<element>)
        s->children.push_back(ensure_future(loop, a));
      else
        s->children.push_back(ensure_future(loop, std::move(a)));
    }
  }
  s->begin();
  return future<result>(core_ref<future_core>::share(s.get()));
}

template <class R>
concept gatherable_range = std::ranges::input_range<R> && !awaitable<R> &&
                           (awaitable<std::ranges::range_value_t<R>> || is_future_like<std::ranges::range_value_t<R>>);

} // namespace detail

/// The results of all, as a tuple (std::monostate for void). Tasks start at once. Errors of the awaitables come out of the
/// co_await: the first one, immediately. Errors: no_running_loop_error.
template <class... A>
  requires(awaitable<A &&> && ...)
auto gather(A &&...awaitables) {
  return detail::gather_these<false>(current_loop(), std::forward<A>(awaitables)...);
}
/// The results of a range of awaitables, as a vector (void for tasks without result).
template <detail::gatherable_range R> auto gather(R &&range) {
  return detail::gather_range<false>(current_loop(), std::forward<R>(range));
}
/// Waits for all; failures and cancellations become values.
template <class... A>
  requires(awaitable<A &&> && ...)
auto gather(return_exceptions_t, A &&...awaitables) {
  return detail::gather_these<true>(current_loop(), std::forward<A>(awaitables)...);
}
template <detail::gatherable_range R> auto gather(return_exceptions_t, R &&range) {
  return detail::gather_range<true>(current_loop(), std::forward<R>(range));
}

} // namespace coroguard
