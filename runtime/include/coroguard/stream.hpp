// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// stream: a connected socket, pipe end or terminal, read and written without blocking the loop (asyncio's StreamReader and
// StreamWriter in one). listener: accepts streams.
//
//   auto s = co_await coroguard::tcp_connect("localhost", 8080);
//   co_await s.write("GET / HTTP/1.0\r\n\r\n");
//   COROGUARD_AWAIT_FOR(std::string &line, s.lines()) std::cout << line << '\n';
//   co_await s.aclose();
#pragma once

#include "coroguard/async_generator.hpp"
#include "coroguard/detail/park.hpp"
#include "coroguard/endpoint.hpp"
#include "coroguard/task_handle.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coroguard {

/// The stream ended before all of what was asked for; partial() is what came.
class incomplete_read_error : public std::runtime_error {
public:
  incomplete_read_error(std::string partial, std::size_t expected);
  const std::string &partial() const noexcept { return *partial_; }

private:
  std::shared_ptr<std::string> partial_;
};
/// A line or block is longer than the stream's limit; nothing was consumed.
class limit_overrun_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

namespace detail {

extern const wait_operations read_wait, write_wait;

/// A descriptor on a loop. Edge-triggered: registered once, at the first wait.
struct io_descriptor : fd_watch, event_loop::closer {
  event_loop *loop = nullptr;
  bool readable = true, writable = true; ///< worth trying
  bool ending = false;                   ///< the other side finished or failed: the end may follow any data
  bool socket = false;                   ///< recv/send instead of read/write
  bool pollable = true;                  ///< false: a regular file, always ready
  bool poll_first = false;               ///< descriptor in blocking mode: ask epoll before each call
  std::optional<duration> limit;         ///< per operation
  list<park> readers, writers;
  std::string buffer;                    ///< read ahead by read_until and friends
  std::size_t buffered_from = 0;
  bool at_eof = false;
  bool filling = false;                  ///< a task waits for data in `buffer`
  bool writing = false;                  ///< a write() is under way; the next ones wait for their turn
  list<park> turns;

  io_descriptor(event_loop *l, int descriptor);
  ~io_descriptor();
  void register_now();
  void close_now() noexcept;
  static void handle_event(fd_watch *w, std::uint32_t events);
  void check_one_reader() const; ///< throws if another task reads
  void next_writer() noexcept;   ///< the end of a write()
};

struct io_park : park, timer_node {
  io_descriptor *io;
  bool timed_out = false;
  bool closed = false; ///< the descriptor was closed meanwhile; `io` may be gone
  io_park(const wait_operations *ops, io_descriptor &d) noexcept : park(ops), io(&d) {}
  io_park(io_park &&other) noexcept : park(std::move(other)), io(other.io) {}
  ~io_park() {
    if (position != idle) [[unlikely]]
      task->loop->remove_timer(this);
  }
  void arm(); ///< starts the operation's deadline
  void disarm() noexcept {
    if (position != idle)
      task->loop->remove_timer(this);
  }
};

/// One read (or write) of at most `size` bytes. Tries at once; waits only if that would block.
template <bool Write> struct [[nodiscard]] io_awaiter : io_park {
  using byte = std::conditional_t<Write, const char, char>;
  byte *data;
  std::size_t size;
  std::ptrdiff_t result = -1;
  int error = 0;
  io_awaiter(io_descriptor &d, byte *p, std::size_t n) noexcept : io_park(Write ? &write_wait : &read_wait, d), data(p), size(n) {}
  io_awaiter(io_awaiter &&) noexcept = default;
  bool attempt() noexcept; ///< false: would block
  bool await_ready() {
    if (io->fd < 0) [[unlikely]]
      throw_closed_stream();
    if (io->poll_first || !(Write ? io->writable : io->readable))
      return false;
    return attempt();
  }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    io->register_now();
    suspend_in(Write ? io->writers : io->readers, h);
    if (io->limit)
      arm();
    task->run = &io_awaiter::check_turn;
  }
  static void check_turn(ready_node *node) {
    auto *t = static_cast<task_core *>(node);
    auto *self = static_cast<io_awaiter *>(static_cast<io_park *>(static_cast<park *>(t->waiting)));
    if (!self->closed && !t->must_cancel && !self->timed_out && !self->attempt()) {
      t->scheduled = false;
      self->woken = 0;
      (Write ? self->io->writers : self->io->readers).push_back(self);
      return;
    }
    t->run = nullptr;
    self->disarm();
    t->step();
  }
  std::size_t await_resume() {
    if (task) {
      unlink();
      if (task->must_cancel)
        task->throw_cancelled();
      if (timed_out)
        throw timeout_error(Write ? "write timed out" : "read timed out");
      if (closed)
        throw_closed_stream();
    }
    if (result < 0) [[unlikely]]
      throw_io_error(Write, error);
    return std::size_t(result);
  }
  [[noreturn]] static void throw_closed_stream();
  [[noreturn]] static void throw_io_error(bool write, int error);
};
extern template struct io_awaiter<true>;
extern template struct io_awaiter<false>;

/// Waits until a descriptor is (probably) readable or writable.
template <bool Write> struct [[nodiscard]] ready_awaiter : io_park {
  explicit ready_awaiter(io_descriptor &d) noexcept : io_park(Write ? &write_wait : &read_wait, d) {}
  ready_awaiter(ready_awaiter &&) noexcept = default;
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    io->register_now();
    suspend_in(Write ? io->writers : io->readers, h);
    if (io->limit)
      arm();
  }
  void await_resume() {
    disarm();
    unlink();
    task->check_cancelled();
    if (timed_out)
      throw timeout_error();
    if (closed)
      io_awaiter<Write>::throw_closed_stream();
  }
};

/// Thrown by operations on closed descriptors.
struct closed_descriptor_error : invalid_state_error {
  using invalid_state_error::invalid_state_error;
};

} // namespace detail

/// Owns its descriptor; movable. Closed when destroyed: operations still waiting then throw invalid_state_error, as after close(). One
/// reader at a time: another one gets invalid_state_error. Any number of writers: each write() is sent whole, in the order of the calls
/// (but not write_some). Belongs to the loop it was made on. Operating on a closed stream throws invalid_state_error;
/// errors of the system are std::system_error (ECONNRESET, EPIPE, …).
class stream {
public:
  stream() noexcept = default;
  /// Takes over a descriptor and makes it non-blocking. Errors: std::system_error.
  explicit stream(int descriptor);
  stream(stream &&) noexcept = default;
  stream &operator=(stream &&) noexcept = default;
  ~stream() = default;

  bool is_open() const noexcept { return io_ && io_->fd >= 0; }
  int native_handle() const noexcept { return io_ ? io_->fd : -1; }

  // --- reading
  /// At least one byte, at most `into.size()`; 0 at the end. Errors: timeout_error (see set_timeout), cancelled_error.
  detail::io_awaiter<false> read_some(std::span<char> into) {
    take_none_buffered();
    return {io(), into.data(), into.size()};
  }
  /// Up to `n` bytes, as soon as there are some; empty at the end.
  task<std::string> read(std::size_t n);
  /// Until the end.
  task<std::string> read_all();
  /// Exactly `n`. Errors: incomplete_read_error.
  task<std::string> read_exactly(std::size_t n);
  /// Up to and including `separator`. Errors: incomplete_read_error; limit_overrun_error; std::invalid_argument if empty.
  task<std::string> read_until(std::string separator);
  /// One line with its '\n'; the rest at the end; then empty. Errors: limit_overrun_error.
  task<std::string> read_line();
  /// The lines, without "\n" or "\r\n". The stream must outlive the generator.
  async_generator<std::string> lines();
  /// True once the other side finished and all was read.
  bool at_eof() const noexcept { return io_ && io_->at_eof && io_->buffered_from == io_->buffer.size(); }
  /// Longest line or block of read_until (64 KB).
  void set_limit(std::size_t bytes) noexcept { limit_ = bytes; }

  // --- writing
  /// Writes all; waits while the other side does not keep up. The data must live until then.
  task<> write(std::string_view data);
  /// Some of it, at least one byte.
  detail::io_awaiter<true> write_some(std::string_view data) { return {io(), data.data(), data.size()}; }
  /// Says that nothing will follow (TCP half-close); reading goes on. A pipe end is closed.
  void write_eof();

  // --- the rest
  /// Every single read or write must finish in this time. Negative or zero: immediately.
  void set_timeout(std::optional<duration> limit) { io().limit = limit; }
  /// Ends both directions and frees the descriptor. Waiting operations throw invalid_state_error. Closing twice is fine.
  void close() noexcept;
  /// As close(), for symmetry with asyncio: nothing is left unsent, as write() waits.
  task<> aclose();
  void set_no_delay(bool on);
  endpoint local_endpoint() const;
  endpoint remote_endpoint() const;
  /// Gives the descriptor away.
  int release();

  detail::io_descriptor &io() const {
    if (!io_) [[unlikely]]
      detail::io_awaiter<false>::throw_closed_stream();
    return *io_;
  }

private:
  detail::io_descriptor &open() const; ///< io(), but not a closed one
  void take_none_buffered() const;
  task<bool> fill();
  std::unique_ptr<detail::io_descriptor> io_;
  std::size_t limit_ = 64 * 1024;
};

struct listen_options {
  int backlog = 1024;
  bool reuse_address = true;
  bool reuse_port = false;
};

/// A listening socket. Movable; closes when destroyed: a waiting accept() then throws invalid_state_error.
class listener {
public:
  listener() noexcept = default;
  explicit listener(int descriptor);
  listener(listener &&) noexcept = default;
  listener &operator=(listener &&) noexcept = default;
  /// The next connection. If the process is out of descriptors, it waits for one to become free and reports once. Errors:
  /// std::system_error; invalid_state_error once closed.
  task<stream> accept();
  endpoint local_endpoint() const;
  std::uint16_t port() const { return local_endpoint().port(); }
  bool is_open() const noexcept { return io_ && io_->fd >= 0; }
  void close() noexcept;

private:
  std::unique_ptr<detail::io_descriptor> io_;
  bool exhausted_reported_ = false;
};

/// Connects to the first address of `host` that answers. Errors: std::system_error of the last attempt; timeout_error.
task<stream> tcp_connect(std::string host, std::uint16_t port, std::optional<duration> limit = {});
task<stream> connect(endpoint to);
/// "" listens on all interfaces; port 0 takes a free one. Errors: std::system_error, std::invalid_argument.
listener tcp_listen(const std::string &address, std::uint16_t port, listen_options options = {});
task<stream> unix_connect(std::string path);
/// An existing socket file at `path` is replaced.
listener unix_listen(const std::string &path, listen_options options = {});
/// Two connected streams.
std::pair<stream, stream> stream_pair();
/// {read end, write end}.
std::pair<stream, stream> make_pipe();
/// The standard streams of the process, as new streams; closing them leaves 0, 1 and 2 open.
stream standard_input();
stream standard_output();
stream standard_error();

/// Accepts until cancelled (or the listener is closed or destroyed) and runs `handler(stream)`, a coroutine, for each connection.
/// Exceptions of a handler are reported and end its connection only. Cancelling it cancels the handlers and waits for them.
task<> serve(listener &l, std::function<task<>(stream)> handler);

} // namespace coroguard
