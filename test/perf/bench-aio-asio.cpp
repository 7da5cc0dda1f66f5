// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Boost.Asio awaitable (default) or standalone asio (-DSTANDALONE)
#include "test/perf/bench-aio-anchor.hpp"

#include <malloc.h>
#ifdef STANDALONE
#include <asio.hpp>
#include <asio/experimental/channel.hpp>
#include <asio/experimental/coro.hpp>
#include <asio/experimental/co_spawn.hpp>
#include <asio/experimental/parallel_group.hpp>
namespace net = asio; using error_code = std::error_code;
#define PEER "asio_1.38"
#else
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/coro.hpp>
#include <boost/asio/experimental/co_spawn.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/experimental/use_coro.hpp>
namespace net = boost::asio; using error_code = boost::system::error_code;
#define PEER "asio_boost1.81"
#endif
using namespace anchor; namespace ex = net::experimental;
template <class T = void> using aw = net::awaitable<T, net::io_context::executor_type>; // concrete executor: the fast form
template <class T = void> using awa = net::awaitable<T>;                                  // any_io_executor: the default form
constexpr net::use_awaitable_t<net::io_context::executor_type> use_aw;
template <template <class> class A> struct K {
  [[gnu::noinline]] static A<int> child(int i) { co_return i + 1; }
  [[gnu::noinline]] static A<int> rec(int d) { if (d == 0) co_return 1; co_return 1 + co_await rec(d - 1); }
  static A<void> w1(long& out) { long s = 0; for (int i = 0; i < N1; ++i) s += co_await child(i); out = s; }
  static A<void> w1d(long& out) { long s = 0; for (int i = 0; i < N1D; ++i) s += co_await rec(DEPTH); out = s; }
  [[gnu::noinline]] static A<int> triv(int i) { co_return i; }
  static A<void> yielder() { for (int i = 0; i < Y3; ++i) co_await net::post(net::deferred); }
};
template <class T> using awT = aw<T>; template <class T> using awaT = awa<T>;
template <class Main> void go(Main m) { net::io_context io(1); std::exception_ptr e; net::co_spawn(io.get_executor(), m(io), [&](std::exception_ptr x) { e = x; }); io.run(); if (e) std::rethrow_exception(e); }
template <class F> struct OnIo { F f; };
ex::coro<int> gen(net::io_context& io, int n) { for (int i = 0; i < n; ++i) co_yield i; }
ex::coro<void> consume(net::io_context& io, long& out) { long s = 0; auto g = gen(io, N5); while (auto v = co_await g) s += *v; out = s; }
aw<> sleeper(TimerRun& r, double d) { double dl = now() + d; net::steady_timer t(static_cast<net::io_context&>(net::query(co_await net::this_coro::executor, net::execution::context)), std::chrono::nanoseconds((long)(d * 1e9))); co_await t.async_wait(net::deferred); r.woke(dl); }
using Ch = ex::channel<void(error_code, int)>;
aw<> ping(Ch& a, Ch& b, long& out) { long s = 0; for (int i = 0; i < N6; ++i) { co_await a.async_send(error_code{}, i, use_aw); s += co_await b.async_receive(use_aw); } out = s; }
aw<> pong(Ch& a, Ch& b) { for (int i = 0; i < N6; ++i) { int v = co_await a.async_receive(use_aw); co_await b.async_send(error_code{}, v + 1, use_aw); } }
aw<> off(net::io_context& io, net::thread_pool& p, int n) {
  for (int i = 0; i < n; ++i) { // post the function to the pool, complete on the loop's executor
    int v = co_await net::async_initiate<decltype(use_aw), void(int)>([&](auto h) { 
      net::post(p, [i, h = std::move(h), w = net::make_work_guard(io)]() mutable { int v = trivial(i); auto e = w.get_executor(); net::post(e, [h = std::move(h), v]() mutable { std::move(h)(v); }); }); }, use_aw);
    check(v == i + 1, "w7"); } }
int main(int argc, char** argv) {
  std::string_view it = argc > 1 ? argv[1] : ""; long out = 0;
  if (it == "w1") {
    per_op(PEER, "w1", "ns", N1, [&] { go([&](auto&) { return K<awT>::w1(out); }); });
    per_op(PEER, "w1d", "ns", double(N1D) * (DEPTH + 1), [&] { go([&](auto&) { return K<awT>::w1d(out); }); });
  } else if (it == "w2") {
    per_op(PEER, "w2", "ns", N2, [&] { net::io_context io(1); long s = 0; int left = N2; bool ok = false;
      net::co_spawn(io.get_executor(), [&]() -> aw<> { net::steady_timer t(co_await net::this_coro::executor); t.expires_at(net::steady_timer::time_point::max());
        for (int i = 0; i < N2; ++i) net::co_spawn(io.get_executor(), K<awT>::triv(i), [&](std::exception_ptr, int v) { s += v; if (--left == 0) t.cancel(); });
        error_code ec; co_await t.async_wait(net::redirect_error(use_aw, ec)); ok = left == 0; }, net::detached); io.run(); check(ok && s == long(N2) * (N2 - 1) / 2, "w2"); });
    per_op(PEER "_pargroup", "w2", "ns", N2, [&] { go([&](net::io_context& io) -> aw<> { 
        auto mk = [&](int i) { return net::co_spawn(io.get_executor(), K<awT>::triv(i), net::deferred); }; std::vector<decltype(mk(0))> v; v.reserve(N2); for (int i = 0; i < N2; ++i) v.push_back(mk(i));
        auto [ord, exs, vals] = co_await ex::make_parallel_group(std::move(v)).async_wait(ex::wait_for_all(), use_aw); long s = 0; for (int x : vals) s += x; check(s == long(N2) * (N2 - 1) / 2, "w2g"); }); });
  } else if (it == "w3") {
    per_op(PEER, "w3", "ns", double(T3) * Y3, [&] { net::io_context io(1); for (int i = 0; i < T3; ++i) net::co_spawn(io.get_executor(), K<awT>::yielder(), net::detached); io.run(); });
    per_op(PEER "_any", "w3", "ns", double(T3) * Y3, [&] { net::io_context io(1); for (int i = 0; i < T3; ++i) net::co_spawn(io, K<awaT>::yielder(), net::detached); io.run(); });
  } else if (it == "w4") timers(PEER, [&](TimerRun& r) { net::io_context io(1); auto& d = delays_us(); 
        net::co_spawn(io.get_executor(), [&]() -> aw<> { for (int i = 0; i < N4; ++i) net::co_spawn(io.get_executor(), sleeper(r, d[i] * 1e-6), net::detached); co_return; }, net::detached); io.run(); check(r.late.size() == N4, "w4"); });
  else if (it == "w5") per_op(PEER "_coro", "w5", "ns", N5, [&] { net::io_context io(1); ex::co_spawn(consume(io, out), net::detached); io.run(); check(out == long(N5) * (N5 - 1) / 2, "w5"); });
  else if (it == "w6") per_op(PEER, "w6", "ns", 2.0 * N6, [&] { net::io_context io(1); Ch a(io.get_executor(), 1), b(io.get_executor(), 1); net::co_spawn(io.get_executor(), pong(a, b), net::detached); net::co_spawn(io.get_executor(), ping(a, b, out), net::detached); io.run(); check(out == long(N6) * (N6 + 1) / 2, "w6"); });
  else if (it == "w7") { net::thread_pool p(2); offload(PEER, [&](int n) { net::io_context io(1); net::co_spawn(io.get_executor(), off(io, p, n), net::detached); io.run(); },
      [&](int n, int f) { net::io_context io(1); for (int i = 0; i < f; ++i) net::co_spawn(io.get_executor(), off(io, p, n / f), net::detached); io.run(); }); }
  else if (it == "w9") { net::thread_pool p(2);
    auto batch = [&](int n, auto f) { std::atomic<int> c{0}, left{n}; for (int i = 0; i < n; ++i) net::post(p, [&, i] { int x = f(i); if (x) c += x; if (--left == 0) left.notify_one(); }); for (int l; (l = left);) left.wait(l); return c.load(); };
    w9(PEER, [&] { return batch(N9, [](int i) { return is_prime(i); }); }, [&] { return batch(100, [](int k) { int c = 0; for (int i = 0; i < 1000; ++i) c += is_prime(k * 1000 + i); return c; }); }, [&] { return batch(3, [](int i) { return is_prime(BIG[i]); }); });
  } else if (it == "memory") { // bytes per idle task: a coroutine asleep on a timer
    constexpr int count = 100'000;
    net::io_context io(1);
    auto before = ::mallinfo2();
    for (int i = 0; i < count; ++i)
      net::co_spawn(io.get_executor(), []() -> aw<> {
        net::steady_timer t(co_await net::this_coro::executor, std::chrono::hours(1));
        co_await t.async_wait(use_aw);
      }, net::detached);
    io.poll();
    auto after = ::mallinfo2();
    result(PEER, "memory", "bytes_per_idle_task", double(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) / count, "bytes");
    std::_Exit(0);
  } else return 2;
}
