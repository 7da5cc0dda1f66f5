// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations that return at once, with handlers that run later: their buffers and what the handlers refer to.
#include <boost/asio.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;

void use(int value);

void text(tcp::socket &socket) {
  std::string message = "hello";
  asio::async_write(socket, asio::buffer(message), [](auto, auto) {}); // warn: "the work started here refers to 'message'"
}
void posted(asio::io_context &context) {
  int number = 0;
  asio::post(context, [&] { use(number); }); // warn: "this lambda runs later, but it captures 'number' by reference"
}
void timed(asio::steady_timer &timer) {
  int number = 0;
  timer.async_wait([&number](auto) { use(number); }); // warn: "captures 'number' by reference"
}
class Session : public std::enable_shared_from_this<Session> {
  tcp::socket socket_;
  std::string text_;
  char kept_[100];

public:
  void first() {
    char bytes[100];
    socket_.async_read_some(asio::buffer(bytes), [self = shared_from_this()](auto, auto) {}); // warn: "refers to 'bytes'"
  }
  void second() {
    int tries = 3;
    socket_.async_read_some(asio::buffer(kept_), [self = shared_from_this(), &tries](auto, auto) { use(tries); }); // warn: "captures 'tries'"
  }
  void third() {
    socket_.async_read_some(asio::buffer(kept_), [self = shared_from_this()](auto, auto) {}); // ok
    asio::async_write(socket_, asio::buffer(text_), [this](auto, auto) { third(); });         // ok
  }
};

// The loop of the function runs when the block of the local is over.
void ports(int count) {
  asio::io_context context;
  int all = 0;
  for (int i = 0; i < count; ++i) {
    int port = i;
    asio::post(context, [&] { use(port); }); // warn: "captures 'port' by reference"
    asio::post(context, [&] { use(all); });  // ok: it is there until the loop has run
    asio::post(context, [port] { use(port); }); // ok
  }
  context.run();
}
void in_turn(int count) {
  asio::io_context context;
  for (int i = 0; i < count; ++i) {
    int port = i;
    asio::post(context, [&] { use(port); }); // ok: run in the same block
    context.run();
    context.restart();
  }
}
void never() {
  asio::io_context context;
  {
    int port = 1;
    asio::post(context, [&] { use(port); }); // ok: nothing runs it any more
  }
}
void pooled(int count) {
  asio::thread_pool pool(2);
  for (int i = 0; i < count; ++i) {
    int port = i;
    asio::post(pool, [&port] { use(port); }); // warn: "captures 'port' by reference"
  }
  pool.join();
}
void blocks(int count) {
  asio::thread_pool pool(2);
  for (int i = 0; i < count; ++i) {
    int port = i;
    std::promise<void> done;
    asio::post(pool, [&] { // ok: waited for
      use(port);
      done.set_value();
    });
    done.get_future().wait();
  }
  pool.join();
}

// Several buffers in one sequence.
void sequence(tcp::socket &socket, std::shared_ptr<std::string> body) {
  unsigned size = static_cast<unsigned>(body->size());
  std::vector<asio::const_buffer> both{asio::buffer(&size, sizeof size), asio::buffer(*body)};
  asio::async_write(socket, both, [body](auto, auto) {}); // warn: "the work started here refers to 'size'"
}
void sequence_owned(tcp::socket &socket, std::shared_ptr<std::string> head, std::shared_ptr<std::string> body) {
  std::vector<asio::const_buffer> both{asio::buffer(*head), asio::buffer(*body)};
  asio::async_write(socket, both, [head, body](auto, auto) {}); // ok
}

// The handler owns what the operation refers to.
void shared(tcp::socket &socket) {
  auto message = std::make_shared<std::string>("hello");
  asio::async_write(socket, asio::buffer(*message), [message](auto, auto) {}); // ok
}
struct Handler {
  std::unique_ptr<std::string> message;
  void operator()(const boost::system::error_code &, std::size_t) {}
};
void owned(tcp::socket &socket) {
  auto message = std::make_unique<std::string>("hello");
  asio::async_write(socket, asio::buffer(*message), Handler{std::move(message)}); // ok
}

// Something waits.
void run(asio::io_context &context, tcp::socket &socket) {
  std::string message = "hello";
  int number = 0;
  asio::async_write(socket, asio::buffer(message), [&](auto, auto) { use(number); }); // ok
  context.run();
}
void answered(asio::io_context &context) {
  int number = 0;
  std::promise<void> done;
  asio::post(context, [&] { // ok
    use(number);
    done.set_value();
  });
  done.get_future().wait();
}
void pool() {
  int number = 0;
  asio::thread_pool workers(2);
  asio::post(workers, [&] { use(number); }); // ok: its destructor joins
}
asio::awaitable<void> suspends(tcp::socket &socket) {
  bool done = false;
  asio::post(socket.get_executor(), [&] { done = true; }); // ok: the coroutine lives on
  co_await asio::post(asio::use_awaitable);
  use(done);
}

// The handler asks a flag that it shares with the function, which sets it before its locals end.
template <class Operation> void with_timeout(Operation &&operation, tcp::socket &socket) {
  auto done = std::make_shared<bool>(false);
  asio::cancellation_signal signal;
  asio::steady_timer timer(socket.get_executor());
  timer.async_wait([&signal, done](boost::system::error_code error) { // ok
    if (!error && !*done)
      signal.emit(asio::cancellation_type::terminal);
  });
  operation(signal.slot());
  *done = true;
}
void with_early_return(tcp::socket &socket) {
  auto done = std::make_shared<std::atomic<bool>>(false);
  int number = 0;
  asio::post(socket.get_executor(), [&number, done] { // ok
    if (done->load())
      return;
    use(number);
  });
  done->store(true);
}
void asked_too_late(tcp::socket &socket) {
  auto done = std::make_shared<bool>(false);
  int number = 0;
  asio::post(socket.get_executor(), [&number, done] { // warn: "captures 'number' by reference"
    use(number);
    if (!*done)
      use(1);
  });
  *done = true;
}
void never_told(tcp::socket &socket) {
  auto done = std::make_shared<bool>(false);
  int number = 0;
  asio::post(socket.get_executor(), [&number, done] { // warn: "captures 'number' by reference"
    if (!*done)
      use(number);
  });
}
void flag_itself(tcp::socket &socket) {
  bool done = false;
  asio::post(socket.get_executor(), [&done] { // warn: "captures 'done' by reference"
    if (!done)
      use(1);
  });
  done = true;
}
void with_timeouts(tcp::socket &socket) {
  with_timeout([](asio::cancellation_slot) {}, socket);
}

// Somebody else looks at the flag until it is set.
void wait_until_set(bool &flag, asio::io_context &context);
void waits_elsewhere(asio::io_context &context) {
  bool done = false;
  int result = 0;
  asio::dispatch(context, [&] {
    result = 1;
    done = true;
  });
  wait_until_set(done, context); // ok: whoever gets the flag may wait for it
  use(result);
}
void look(const bool &flag);
void only_looked_at(asio::io_context &context) {
  bool done = false;
  asio::dispatch(context, [&] { done = true; }); // warn: "captures 'done' by reference"
  look(done);
}
