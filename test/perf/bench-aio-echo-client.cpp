// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// w8 load: 64 loopback connections, 1 KB request -> 1 KB echo, closed loop, one epoll thread. client <port> <seconds> <server pid> <peer>
#include "test/perf/bench-aio-anchor.hpp"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
using namespace anchor;
static double pcpu(int pid) { char p[64]; snprintf(p, 64, "/proc/%d/stat", pid); FILE* f = fopen(p, "r"); if (!f) return 0; char b[1024]; size_t n = fread(b, 1, 1023, f); fclose(f); b[n] = 0; char* q = strrchr(b, ')') + 2; unsigned long u = 0, s = 0; sscanf(q, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s); return double(u + s) / sysconf(_SC_CLK_TCK); }
int main(int c, char** v) { int port = atoi(v[1]); double sec = atof(v[2]); int pid = atoi(v[3]); const char* peer = v[4]; constexpr int C = 64, M = 1024;
  sockaddr_in a{}; a.sin_family = AF_INET; a.sin_port = htons(port); a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); int ep = epoll_create1(0); struct Cn { int fd; int got; double t; } cs[C]; static char out[M], in[65536]; memset(out, 'x', M);
  for (int i = 0; i < C; ++i) { cs[i] = {socket(AF_INET, SOCK_STREAM, 0), 0, 0}; for (int k = 0; connect(cs[i].fd, (sockaddr*)&a, sizeof a) != 0; ++k) { if (k > 200) { perror("connect"); return 1; } usleep(20000); } int one = 1; setsockopt(cs[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); fcntl(cs[i].fd, F_SETFL, O_NONBLOCK); epoll_event e{}; e.events = EPOLLIN; e.data.u32 = i; epoll_ctl(ep, EPOLL_CTL_ADD, cs[i].fd, &e); }
  for (auto& x : cs) { x.t = now(); if (write(x.fd, out, M) != M) return 2; }
  std::vector<float> lat; lat.reserve(1 << 21); double t0 = now() + 0.3, t1 = t0 + sec, s0 = 0, c0 = 0; bool meas = false; long n = 0; epoll_event ev[C];
  for (double t = now(); t < t1;) { int k = epoll_wait(ep, ev, C, 1000); if (k <= 0) return 3; for (int i = 0; i < k; ++i) { auto& x = cs[ev[i].data.u32]; int r = read(x.fd, in, sizeof in); if (r <= 0) return 4; x.got += r; if (x.got == M) { x.got = 0; t = now(); if (meas) { ++n; lat.push_back(float(t - x.t)); } x.t = t; if (write(x.fd, out, M) != M) return 5; } }
    if (!meas && t >= t0) { meas = true; s0 = pcpu(pid); c0 = cpu(); t0 = t; } }
  double el = now() - t0; std::sort(lat.begin(), lat.end()); result(peer, "w8", "req_per_s", n / el, "1/s"); result(peer, "w8", "server_cpu_us", (pcpu(pid) - s0) * 1e6 / n, "us"); result(peer, "w8", "client_cpu_us", (cpu() - c0) * 1e6 / n, "us"); result(peer, "w8", "p50_us", lat[n / 2] * 1e6, "us"); result(peer, "w8", "p99_us", lat[n * 99 / 100] * 1e6, "us"); }
