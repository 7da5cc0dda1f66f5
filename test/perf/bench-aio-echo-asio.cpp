// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// -DSTANDALONE for asio 1.38; -DASIO_HAS_IO_URING -DASIO_DISABLE_EPOLL for its io_uring back end. modes: aw | cb
#ifdef STANDALONE
#include <asio.hpp>
namespace net = asio; using error_code = std::error_code;
#else
#include <boost/asio.hpp>
namespace net = boost::asio; using error_code = boost::system::error_code;
#endif
#include <memory>
#include <string_view>
using Ex = net::io_context::executor_type; using Sock = net::basic_stream_socket<net::ip::tcp, Ex>; using Acc = net::basic_socket_acceptor<net::ip::tcp, Ex>; template <class T = void> using aw = net::awaitable<T, Ex>; constexpr net::use_awaitable_t<Ex> use_aw;
aw<> serve(Sock s) { char b[4096]; s.set_option(net::ip::tcp::no_delay(true)); try { for (;;) { size_t n = co_await s.async_read_some(net::buffer(b), use_aw); co_await net::async_write(s, net::buffer(b, n), use_aw); } } catch (std::exception&) {} }
aw<> listen(Acc& a) { for (;;) { Sock s(a.get_executor()); co_await a.async_accept(s, use_aw); net::co_spawn(a.get_executor(), serve(std::move(s)), net::detached); } }
struct Cb : std::enable_shared_from_this<Cb> { Sock s; char b[4096]; Cb(Sock x) : s(std::move(x)) {} void rd() { s.async_read_some(net::buffer(b), [me = shared_from_this()](error_code e, size_t n) { if (!e) me->wr(n); }); } void wr(size_t n) { net::async_write(s, net::buffer(b, n), [me = shared_from_this()](error_code e, size_t) { if (!e) me->rd(); }); } };
void acc(Acc& a) { a.async_accept([&](error_code e, Sock s) { if (!e) { s.set_option(net::ip::tcp::no_delay(true)); std::make_shared<Cb>(std::move(s))->rd(); } acc(a); }); }
int main(int, char** v) { net::io_context io(1); Acc a(io.get_executor(), {net::ip::make_address("127.0.0.1"), (unsigned short)atoi(v[2])}); if (std::string_view(v[1]) == "aw") net::co_spawn(io.get_executor(), listen(a), net::detached); else acc(a); io.run(); }
