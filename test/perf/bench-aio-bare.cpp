// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The physical limit: hand-written coroutines, symmetric transfer, intrusive queues, no features.
#include "test/perf/bench-aio-anchor.hpp"
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <mutex>
#include <queue>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
using namespace anchor;
using H = std::coroutine_handle<>;
// ---- frame pool (size-classed freelist, single thread)
struct Pool { static inline void* fl[64]; 
  static void* get(size_t n) { size_t k = (n + 31) / 32; if (k < 64 && fl[k]) { void* p = fl[k]; fl[k] = *(void**)p; return p; } return malloc(k * 32); }
  static void put(void* p, size_t n) { size_t k = (n + 31) / 32; if (k < 64) { *(void**)p = fl[k]; fl[k] = p; } else free(p); } };
struct NoPool {};
template <bool P> struct Alloc {};
template <> struct Alloc<true> { void* operator new(size_t n) { return Pool::get(n); } void operator delete(void* p, size_t n) { Pool::put(p, n); } };
template <class T, bool P> struct Task {
  struct promise_type : Alloc<P> {
    H cont; T v;
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Fin { bool await_ready() noexcept { return false; } H await_suspend(std::coroutine_handle<promise_type> h) noexcept { return h.promise().cont; } void await_resume() noexcept {} };
    Fin final_suspend() noexcept { return {}; }
    void return_value(T x) { v = x; } void unhandled_exception() { abort(); }
  };
  std::coroutine_handle<promise_type> h;
  Task(std::coroutine_handle<promise_type> h) : h(h) {} Task(Task&& o) : h(o.h) { o.h = {}; } ~Task() { if (h) h.destroy(); }
  bool await_ready() { return false; } H await_suspend(H c) { h.promise().cont = c; return h; } T await_resume() { return h.promise().v; }
};
struct [[clang::coro_await_elidable]] TaskE { using T = int; static constexpr bool P = false;
  struct promise_type : Alloc<P> {
    H cont; T v;
    TaskE get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Fin { bool await_ready() noexcept { return false; } H await_suspend(std::coroutine_handle<promise_type> h) noexcept { return h.promise().cont; } void await_resume() noexcept {} };
    Fin final_suspend() noexcept { return {}; }
    void return_value(T x) { v = x; } void unhandled_exception() { abort(); }
  };
  std::coroutine_handle<promise_type> h;
  TaskE(std::coroutine_handle<promise_type> h) : h(h) {} TaskE(TaskE&& o) : h(o.h) { o.h = {}; } ~TaskE() { if (h) h.destroy(); }
  bool await_ready() { return false; } H await_suspend(H c) { h.promise().cont = c; return h; } T await_resume() { return h.promise().v; }
};
// root: eager start when resumed, self-destroying
template <bool P> struct [[clang::coro_await_elidable]] Root { struct promise_type : Alloc<P> { 
  Root get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
  std::suspend_always initial_suspend() noexcept { return {}; } std::suspend_never final_suspend() noexcept { return {}; } void return_void() {} void unhandled_exception() { abort(); } }; H h; };
// ---- loop with intrusive FIFO
struct Node { H h; Node* next; };
struct Loop { Node *head = nullptr, **tail = &head; 
  void push(Node* n) { n->next = nullptr; *tail = n; tail = &n->next; }
  void run() { while (Node* n = head) { head = n->next; if (!head) tail = &head; n->h.resume(); } } } loop;
struct Yield : Node { bool await_ready() { return false; } void await_suspend(H c) { h = c; loop.push(this); } void await_resume() {} };
template <bool P> [[gnu::noinline]] Task<int, P> child(int i) { co_return i + 1; }
static inline TaskE child_inl(int i) { co_return i + 1; }
template <bool P> [[gnu::noinline]] Task<int, P> rec(int d) { if (d == 0) co_return 1; co_return 1 + co_await rec<P>(d - 1); }
// eager form: the child runs by a plain nested call inside await_ready; the parent suspends only if the child really suspended
template <class T> struct Eager { T t; bool await_ready() { t.h.promise().cont = std::noop_coroutine(); t.h.resume(); return t.h.done(); } void await_suspend(H) { abort(); } int await_resume() { return t.h.promise().v; } };
template <bool P> Root<P> w1e(long& out) { long s = 0; for (int i = 0; i < N1; ++i) s += co_await Eager<Task<int, P>>{child<P>(i)}; out = s; }
template <bool P> Root<P> w1(long& out) { long s = 0; for (int i = 0; i < N1; ++i) s += co_await child<P>(i); out = s; }
Root<false> w1_inl(long& out) { long s = 0; for (int i = 0; i < N1; ++i) s += co_await child_inl(i); out = s; }
template <bool P> Root<P> w1d(long& out) { long s = 0; for (int i = 0; i < N1D; ++i) s += co_await rec<P>(DEPTH); out = s; }
// w2: spawned task with its queue node in the promise; join counter resumes the joiner
struct Join { int left; H waiter; };
template <bool P> struct Spawn { struct promise_type : Alloc<P>, Node { Join* j; int v;
  Spawn get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
  std::suspend_always initial_suspend() noexcept { return {}; }
  struct Fin { bool await_ready() noexcept { return false; } H await_suspend(std::coroutine_handle<promise_type> h) noexcept { auto j = h.promise().j; return --j->left == 0 ? j->waiter : H(std::noop_coroutine()); } void await_resume() noexcept {} };
  Fin final_suspend() noexcept { return {}; } void return_value(int x) { v = x; } void unhandled_exception() { abort(); } };
  std::coroutine_handle<promise_type> h; };
template <bool P> [[gnu::noinline]] Spawn<P> triv(int i) { co_return i; }
struct JoinAw { Join& j; bool await_ready() { return j.left == 0; } void await_suspend(H h) { j.waiter = h; } void await_resume() {} };
template <bool P> Root<P> w2(long& out) {
  Join j{N2, {}}; std::vector<Spawn<P>> ts; ts.reserve(N2);
  for (int i = 0; i < N2; ++i) { auto t = triv<P>(i); t.h.promise().h = t.h; t.h.promise().j = &j; loop.push(&t.h.promise()); ts.push_back(t); }
  co_await JoinAw{j}; long s = 0; for (auto& t : ts) { s += t.h.promise().v; t.h.destroy(); } out = s;
}
Root<false> w3(int& left) { for (int i = 0; i < Y3; ++i) co_await Yield{}; --left; }
// w4 binary heap + clock_nanosleep
struct Ent { double t; H h; bool operator<(const Ent& o) const { return t > o.t; } };
std::priority_queue<Ent> heap;
struct Sleep { double t; bool await_ready() { return false; } void await_suspend(H h) { heap.push({t, h}); } void await_resume() {} };
Root<false> w4(TimerRun& r, double d) { double dl = now() + d; co_await Sleep{dl}; r.woke(dl); }
// w5
struct AGen { struct promise_type { H cons; int v; 
  AGen get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; } std::suspend_always initial_suspend() noexcept { return {}; }
  struct Y { bool await_ready() noexcept { return false; } H await_suspend(std::coroutine_handle<promise_type> h) noexcept { return h.promise().cons; } void await_resume() noexcept {} };
  Y final_suspend() noexcept { return {}; } Y yield_value(int x) { v = x; return {}; } void return_void() {} void unhandled_exception() { abort(); } };
  std::coroutine_handle<promise_type> h;
  struct Next { std::coroutine_handle<promise_type> h; bool await_ready() { return false; } H await_suspend(H c) { h.promise().cons = c; return h; } bool await_resume() { return !h.done(); } };
  Next next() { return {h}; } };
[[gnu::noinline]] AGen gen(int n) { for (int i = 0; i < n; ++i) co_yield i; }
struct NextE { std::coroutine_handle<AGen::promise_type> h; bool await_ready() { h.promise().cons = std::noop_coroutine(); h.resume(); return true; } void await_suspend(H) {} bool await_resume() { return !h.done(); } };
Root<false> w5e(long& out) { auto g = gen(N5); long s = 0; while (co_await NextE{g.h}) s += g.h.promise().v; g.h.destroy(); out = s; }
Root<false> w5(long& out) { auto g = gen(N5); long s = 0; while (co_await g.next()) s += g.h.promise().v; g.h.destroy(); out = s; }
// w6 one-slot channels; Direct: transfer straight to the peer; otherwise through the loop queue
template <bool Direct> struct Chan { int v; bool full = false; H w; Node n;
  struct Get { Chan& c; bool await_ready() { return c.full; } void await_suspend(H h) { c.w = h; } int await_resume() { c.full = false; return c.v; } };
  Get get() { return {*this}; }
  struct Put { Chan& c; bool await_ready() { return !(Direct && c.w); } H await_suspend(H) { abort(); } void await_resume() {} };
  void put(int x) { v = x; full = true; if (w) { auto h = w; w = {}; n.h = h; loop.push(&n); } } };
// direct: "send and wait for the answer" in one transfer each way
struct PingPong { H other; int v; struct Sw { PingPong& p; bool await_ready() { return false; } H await_suspend(H me) { H o = p.other; p.other = me; return o; } void await_resume() {} }; };
Root<false> pingD(PingPong& p, long& out) { long s = 0; for (int i = 0; i < N6; ++i) { p.v = i; co_await PingPong::Sw{p}; s += p.v; } out = s; }
Root<false> pongD(PingPong& p) { for (;;) { p.v += 1; co_await PingPong::Sw{p}; } }
Root<false> ping(Chan<false>& a, Chan<false>& b, long& out) { long s = 0; for (int i = 0; i < N6; ++i) { a.put(i); s += co_await b.get(); } out = s; }
Root<false> pong(Chan<false>& a, Chan<false>& b) { for (int i = 0; i < N6; ++i) { int v = co_await a.get(); b.put(v + 1); } }
// w7 mutex+condvar job queue, completion list + eventfd + epoll
struct Job : Node { int v; };
struct Offload { std::mutex m, dm; std::condition_variable cv; Job *q = nullptr, **qt = &q; Node* done = nullptr; bool stop = false; int efd = eventfd(0, EFD_NONBLOCK), ep = epoll_create1(0); std::vector<std::thread> ts;
  Offload(int n) { epoll_event e{}; e.events = EPOLLIN; epoll_ctl(ep, EPOLL_CTL_ADD, efd, &e); for (int i = 0; i < n; ++i) ts.emplace_back([this] { work(); }); }
  ~Offload() { { std::lock_guard l(m); stop = true; } cv.notify_all(); for (auto& t : ts) t.join(); close(efd); close(ep); }
  void work() { std::unique_lock l(m); for (;;) { cv.wait(l, [&] { return q || stop; }); if (!q) return; Job* j = q; q = (Job*)j->next; if (!q) qt = &q; l.unlock();
      j->v = trivial(j->v); bool sig; { std::lock_guard d(dm); sig = !done; j->next = done; done = j; } if (sig) { uint64_t one = 1; (void)!write(efd, &one, 8); } l.lock(); } }
  void submit(Job* j) { j->next = nullptr; { std::lock_guard l(m); *qt = j; qt = (Job**)&j->next; } cv.notify_one(); }
  void drive(const int& left) { while (true) { loop.run(); if (left == 0) return; epoll_event e; epoll_wait(ep, &e, 1, -1); uint64_t x; (void)!read(efd, &x, 8); Node* d; { std::lock_guard l(dm); d = done; done = nullptr; } while (d) { auto n = d->next; loop.push(d); d = n; } } } };
struct Off : Job { Offload& o; Off(Offload& o, int x) : o(o) { v = x; } bool await_ready() { return false; } void await_suspend(H c) { h = c; o.submit(this); } int await_resume() { return v; } };
// lock-free form: Treiber stacks both ways (taken whole, so no ABA), short spin, then futex (workers) / eventfd+epoll (loop)
struct OffLF { std::atomic<Job*> q{nullptr}; std::atomic<Node*> done{nullptr}; std::atomic<int> epoch{0}, idle{0}; std::atomic<bool> stop{false}, lsleep{false}; int efd = eventfd(0, EFD_NONBLOCK), ep = epoll_create1(0); std::vector<std::thread> ts; 
  OffLF(int n) { epoll_event e{}; e.events = EPOLLIN; epoll_ctl(ep, EPOLL_CTL_ADD, efd, &e); for (int i = 0; i < n; ++i) ts.emplace_back([this] { work(); }); }
  ~OffLF() { stop = true; epoch++; epoch.notify_all(); for (auto& t : ts) t.join(); close(efd); close(ep); }
  void work() { for (;;) { Job* j = q.exchange(nullptr, std::memory_order_acquire); 
      for (int k = 0; !j && k < 200; ++k) { __builtin_ia32_pause(); if (q.load(std::memory_order_relaxed)) j = q.exchange(nullptr, std::memory_order_acquire); }
      if (!j) { int e = epoch.load(); idle++; if (!(j = q.exchange(nullptr)) && !stop) epoch.wait(e); idle--; if (!j) { if (stop && !q) return; continue; } }
      Node *fst = nullptr, *lst = nullptr; for (; j;) { Job* n = (Job*)j->next; j->v = trivial(j->v); j->next = fst; if (!fst) lst = j; fst = j; j = n; }
      Node* d = done.load(std::memory_order_relaxed); do lst->next = d; while (!done.compare_exchange_weak(d, fst)); if (lsleep.load() && lsleep.exchange(false)) { uint64_t one = 1; (void)!write(efd, &one, 8); } } }
  void submit(Job* j) { Job* h = q.load(std::memory_order_relaxed); do j->next = h; while (!q.compare_exchange_weak(h, j)); if (!h && idle.load()) { epoch++; epoch.notify_one(); } }
  void drive(const int& left) { while (true) { loop.run(); if (left == 0) return; Node* d = nullptr; for (int k = 0; k < 200 && !(d = done.exchange(nullptr)); ++k) __builtin_ia32_pause();
      if (!d) { lsleep = true; if (!(d = done.exchange(nullptr))) { epoll_event e; epoll_wait(ep, &e, 1, -1); uint64_t x; (void)!read(efd, &x, 8); continue; } lsleep = false; } while (d) { auto n = d->next; loop.push(d); d = n; } } } };
struct OffL : Job { OffLF& o; OffL(OffLF& o, int x) : o(o) { v = x; } bool await_ready() { return false; } void await_suspend(H c) { h = c; o.submit(this); } int await_resume() { return v; } };
Root<false> w7l(OffLF& o, int n, int& left) { for (int i = 0; i < n; ++i) check(co_await OffL(o, i) == i + 1, "w7l"); --left; }
Root<false> w7(Offload& o, int n, int& left) { for (int i = 0; i < n; ++i) check(co_await Off(o, i) == i + 1, "w7"); --left; }
int main(int argc, char** argv) {
  std::string_view it = argc > 1 ? argv[1] : ""; long out = 0;
  if (it == "w1") {
    per_op("bare_malloc", "w1", "ns", N1, [&] { w1<false>(out).h.resume(); }); per_op("bare_pool", "w1", "ns", N1, [&] { w1<true>(out).h.resume(); });
    per_op("bare_eager_malloc", "w1", "ns", N1, [&] { w1e<false>(out).h.resume(); }); per_op("bare_eager_pool", "w1", "ns", N1, [&] { w1e<true>(out).h.resume(); });
    per_op("bare_halo", "w1", "ns", N1, [&] { w1_inl(out).h.resume(); });
    per_op("bare_malloc", "w1d", "ns", double(N1D) * (DEPTH + 1), [&] { w1d<false>(out).h.resume(); }); per_op("bare_pool", "w1d", "ns", double(N1D) * (DEPTH + 1), [&] { w1d<true>(out).h.resume(); });
  } else if (it == "w2") {
    per_op("bare_malloc", "w2", "ns", N2, [&] { w2<false>(out).h.resume(); loop.run(); }); per_op("bare_pool", "w2", "ns", N2, [&] { w2<true>(out).h.resume(); loop.run(); });
    check(out == long(N2) * (N2 - 1) / 2, "w2");
  } else if (it == "w3") per_op("bare", "w3", "ns", double(T3) * Y3, [&] { int left = T3; for (int i = 0; i < T3; ++i) w3(left).h.resume(); loop.run(); check(left == 0, "w3"); });
  else if (it == "w4") timers("bare", [&](TimerRun& r) { auto& d = delays_us(); for (int i = 0; i < N4; ++i) w4(r, d[i] * 1e-6).h.resume();
      while (!heap.empty()) { double n = now(); while (!heap.empty() && heap.top().t <= n) { H h = heap.top().h; heap.pop(); h.resume(); } 
        if (!heap.empty()) { double t = heap.top().t; timespec ts{time_t(t), long((t - time_t(t)) * 1e9)}; clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, nullptr); } } });
  else if (it == "w5") per_op("bare_eager", "w5", "ns", N5, [&] { w5e(out).h.resume(); check(out == long(N5) * (N5 - 1) / 2, "w5e"); }), per_op("bare_symm", "w5", "ns", N5, [&] { w5(out).h.resume(); check(out == long(N5) * (N5 - 1) / 2, "w5"); });
  else if (it == "w6") {
    per_op("bare_direct", "w6", "ns", 2.0 * N6, [&] { PingPong p; auto q = pongD(p).h; p.other = q; pingD(p, out).h.resume(); p.other.destroy(); });
    per_op("bare_loop", "w6", "ns", 2.0 * N6, [&] { Chan<false> a, b; pong(a, b).h.resume(); ping(a, b, out).h.resume(); loop.run(); });
  } else if (it == "w7") { Offload o(2);
    offload("bare", [&](int n) { int left = 1; w7(o, n, left).h.resume(); o.drive(left); },
      [&](int n, int f) { int left = f; for (int i = 0; i < f; ++i) w7(o, n / f, left).h.resume(); o.drive(left); });
    OffLF ol(2); offload("bare_lockfree", [&](int n) { int left = 1; w7l(ol, n, left).h.resume(); ol.drive(left); },
      [&](int n, int f) { int left = f; for (int i = 0; i < f; ++i) w7l(ol, n / f, left).h.resume(); ol.drive(left); });
  } else if (it == "w9") { w9_serial("bare");
    auto split = [&](auto f) { std::atomic<int> c{0}; std::vector<std::thread> t; for (int i = 0; i < 2; ++i) t.emplace_back([&, i] { c += f(i); }); for (auto& x : t) x.join(); return c.load(); };
    w9("bare_atomic", [&] { std::atomic<int> nx{0}; return split([&](int) { int c = 0; for (int k; (k = nx.fetch_add(1)) < N9;) c += is_prime(k); return c; }); },
       [&] { std::atomic<int> nx{0}; return split([&](int) { int c = 0; for (int k; (k = nx.fetch_add(1)) < 100;) for (int i = 0; i < 1000; ++i) c += is_prime(k * 1000 + i); return c; }); },
       [&] { std::atomic<int> nx{0}; return split([&](int) { int c = 0; for (int k; (k = nx.fetch_add(1)) < 3;) c += is_prime(BIG[k]); return c; }); });
    // process pool limit: 2 forked workers, socketpair; one 8-byte request / 1-byte answer per item; and chunks of 1000; and one-per-item with pipelining depth 64
    int sp[2][2]; pid_t pid[2]; for (int w = 0; w < 2; ++w) { (void)!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sp[w]); if (!(pid[w] = fork())) { for (int i = 0; i <= w; ++i) close(sp[i][0]); uint64_t rq[2]; while (read(sp[w][1], rq, 16) == 16) { int c = 0; for (uint64_t k = rq[0]; k < rq[1]; ++k) c += is_prime(k); if (write(sp[w][1], &c, 4) != 4) break; } _exit(0); } }
    auto procmap = [&](auto next) { std::atomic<int> tot{0}; int out2[2] = {0, 0}; int infl = 0; int ep = epoll_create1(0); for (int w = 0; w < 2; ++w) { epoll_event e{}; e.events = EPOLLIN; e.data.u32 = w; epoll_ctl(ep, EPOLL_CTL_ADD, sp[w][0], &e); }
      auto fill = [&](int w) { uint64_t rq[2]; while (out2[w] < 32 && next(rq)) { (void)!write(sp[w][0], rq, 16); out2[w]++; infl++; } }; fill(0); fill(1); int s = 0;
      while (infl) { epoll_event ev[2]; int n = epoll_wait(ep, ev, 2, -1); for (int i = 0; i < n; ++i) { int w = ev[i].data.u32, c; while (recv(sp[w][0], &c, 4, MSG_DONTWAIT) == 4) { s += c; --out2[w]; --infl; fill(w); } } } close(ep); return s; };
    w9("bare_fork2", [&] { uint64_t k = 0; return procmap([&](uint64_t* r) { if (k >= N9) return false; r[0] = k; r[1] = ++k; return true; }); },
       [&] { uint64_t k = 0; return procmap([&](uint64_t* r) { if (k >= N9) return false; r[0] = k; r[1] = k += 1000; return true; }); },
       [&] { int k = 0; int n = 0; // one outstanding request per worker here
         uint64_t rq[2]; for (int w = 0; w < 2; ++w) { rq[0] = BIG[k]; rq[1] = BIG[k] + 1; ++k; (void)!write(sp[w][0], rq, 16); } rq[0] = BIG[2]; rq[1] = BIG[2] + 1; int c; (void)!read(sp[0][0], &c, 4); n += c; (void)!write(sp[0][0], rq, 16); (void)!read(sp[1][0], &c, 4); n += c; (void)!read(sp[0][0], &c, 4); n += c; return n; });
    for (int w = 0; w < 2; ++w) close(sp[w][0]); for (int w = 0; w < 2; ++w) waitpid(pid[w], nullptr, 0);
  } else return 2;
}
