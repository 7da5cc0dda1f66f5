// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shared harness of the performance anchors. Each peer binary: ./bin/<peer> <item>
// prints lines "RESULT peer item metric value unit"; one line per measured repetition.
#pragma once
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <time.h>
#include <vector>
namespace anchor {
inline double now() { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
inline double cpu() {
  rusage r; getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}
inline int reps() { auto* s = getenv("ANCHOR_REPS"); return s ? atoi(s) : 3; }
inline void result(const char* peer, const char* item, const char* metric, double v, const char* unit) {
  printf("RESULT %s %s %s %.6g %s\n", peer, item, metric, v, unit); fflush(stdout);
}
// runs f once as warm-up, then reps() measured times; ns per op
template <class F> void per_op(const char* peer, const char* item, const char* metric, double ops, F f) {
  f();
  for (int i = 0; i < reps(); ++i) { double t = now(); f(); result(peer, item, metric, (now() - t) * 1e9 / ops, "ns"); }
}
// sizes
constexpr int N1 = 2'000'000;   // w1 awaits
constexpr int DEPTH = 100, N1D = 20'000; // w1d: recursion depth, repeats
constexpr int N2 = 100'000;     // w2 tasks
constexpr int T3 = 1000, Y3 = 1000; // w3 tasks, yields each
constexpr int N4 = 100'000;     // w4 timers
constexpr int N5 = 1'000'000;   // w5 items
constexpr int N6 = 200'000;     // w6 round trips (2 hops each)
constexpr int N7L = 5'000, N7T = 100'000, F7 = 1000; // w7 latency calls, throughput calls, in flight
constexpr int N9 = 100'000;
inline const std::vector<uint32_t>& delays_us() {
  static std::vector<uint32_t> v = [] { std::mt19937 g(42); std::uniform_int_distribution<uint32_t> d(0, 100'000);
    std::vector<uint32_t> v(N4); for (auto& x : v) x = d(g); return v; }();
  return v;
}
struct TimerRun { // w4 bookkeeping: lateness of each timer = wake time - (time of the sleep call + delay)
  std::vector<float> late; double t0, c0; 
  TimerRun() { late.reserve(N4); t0 = now(); c0 = cpu(); }
  void woke(double deadline) { late.push_back(float((now() - deadline) * 1e3)); }
  void done(const char* peer) {
    double wall = now() - t0, c = cpu() - c0; std::sort(late.begin(), late.end());
    double m = 0; for (float x : late) m += x; m /= late.size();
    result(peer, "w4", "cpu_s", c, "s"); result(peer, "w4", "wall_over_ms", (wall - 0.1) * 1e3, "ms");
    result(peer, "w4", "late_mean_ms", m, "ms"); result(peer, "w4", "late_p99_ms", late[late.size() * 99 / 100], "ms");
    result(peer, "w4", "late_min_ms", late[0], "ms");
  }
};
template <class F> void timers(const char* peer, F f) { // f(TimerRun&)
  delays_us(); { TimerRun r; f(r); }
  for (int i = 0; i < reps(); ++i) { TimerRun r; f(r); r.done(peer); }
}
__attribute__((noinline)) inline int trivial(int x) { asm volatile("" : "+r"(x)); return x + 1; }
__attribute__((noinline)) inline bool is_prime(uint64_t n) {
  if (n < 2) return false; if (n == 2) return true; if (n % 2 == 0) return false;
  uint64_t r = (uint64_t)std::sqrt((double)n); for (uint64_t i = 3; i <= r; i += 2) if (n % i == 0) return false; return true;
}
constexpr uint64_t BIG[3] = {112272535095293ull, 112582705942171ull, 115280095190773ull};
constexpr int PRIMES_100K = 9592;
inline void check(bool b, const char* what) { if (!b) { fprintf(stderr, "CHECK FAILED: %s\n", what); exit(3); } }
// w7: two measurements. lat(n): n sequential offloads; tput(n, inflight)
template <class L, class T> void offload(const char* peer, L lat, T tput) {
  lat(500); tput(5000, F7);
  for (int i = 0; i < reps(); ++i) {
    double t = now(); lat(N7L); result(peer, "w7", "latency", (now() - t) * 1e6 / N7L, "us");
    double c = cpu(); t = now(); tput(N7T, F7); result(peer, "w7", "tput_1000", (now() - t) * 1e6 / N7T, "us");
    result(peer, "w7", "tput_cpu", (cpu() - c) * 1e6 / N7T, "us");
  }
}
// w9: item(): one pool task per integer, chunk(): 100 chunks of 1000, big(): three big checks in parallel; serial baseline
inline void w9_serial(const char* peer) {
  for (int i = 0; i < reps(); ++i) { double t = now(); int c = 0; for (int k = 0; k < N9; ++k) c += is_prime(k);
    check(c == PRIMES_100K, "serial"); result(peer, "w9", "map_serial_ms", (now() - t) * 1e3, "ms");
    t = now(); int b = 0; for (auto x : BIG) b += is_prime(x); check(b == 3, "big"); result(peer, "w9", "big3_serial_ms", (now() - t) * 1e3, "ms"); }
}
template <class I, class C, class B> void w9(const char* peer, I item, C chunk, B big) {
  check(item() == PRIMES_100K, "w9 item");
  for (int i = 0; i < reps(); ++i) {
    double t = now(); check(item() == PRIMES_100K, "w9 item"); result(peer, "w9", "map_item_ms", (now() - t) * 1e3, "ms");
    t = now(); check(chunk() == PRIMES_100K, "w9 chunk"); result(peer, "w9", "map_chunk_ms", (now() - t) * 1e3, "ms");
    t = now(); check(big() == 3, "w9 big"); result(peer, "w9", "big3_ms", (now() - t) * 1e3, "ms");
  }
}
} // namespace anchor
