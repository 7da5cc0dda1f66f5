// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A non-blocking descriptor on a loop: when it is worth trying, who waits for it, and how a wait ends.
#include "coroguard/stream.hpp"
#include "runtime/aio/system_calls.hpp"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coroguard::detail {

const wait_operations read_wait = {"reading a descriptor", &cancel_park, no_target, no_owner, true};
const wait_operations write_wait = {"writing a descriptor", &cancel_park, no_target, no_owner, true};

io_descriptor::io_descriptor(event_loop *l, int descriptor) : loop(l) {
  fd = descriptor;
  fd_watch::on_event = &io_descriptor::handle_event;
  on_close = [](closer *c) noexcept {
    auto *self = static_cast<io_descriptor *>(c);
    if (self->loop->debug() && self->fd >= 0) {
      report r;
      r.rule = "async-unclosed-transport";
      r.kind = "resource";
      r.severity = report_severity::note;
      r.message = "descriptor " + std::to_string(self->fd) + " was still open when " + self->loop->name() + " was closed";
      r.help = "co_await aclose() before the end of main";
      emit_report(r);
    }
    self->close_now();
  };
  loop->add_closer(this);
  struct stat s;
  if (::fstat(fd, &s) == 0) {
    socket = S_ISSOCK(s.st_mode);
    pollable = !(S_ISREG(s.st_mode) || S_ISDIR(s.st_mode) || S_ISBLK(s.st_mode));
  }
}
io_descriptor::~io_descriptor() {
  close_now();
}

void io_descriptor::register_now() {
  if (events || !pollable)
    return;
  loop->check_open();
  loop->check_thread("stream");
  loop->watch(this, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void io_descriptor::close_now() noexcept {
  if (fd < 0)
    return;
  loop->unwatch(this);
  ::close(fd);
  fd = -1;
  closer::unlink();
  for (auto *waiters : {&readers, &writers, &turns})
    while (!waiters->empty()) {
      auto *p = static_cast<io_park *>(waiters->front());
      p->closed = true;
      p->wake();
    }
}

void io_descriptor::check_one_reader() const {
  if (filling || !readers.empty())
    throw invalid_state_error("coroguard: another task is reading from this stream; only one can: let one task read and pass on what it got");
}

void io_descriptor::next_writer() noexcept {
  writing = !turns.empty();
  if (writing)
    turns.front()->wake();
}

void io_descriptor::handle_event(fd_watch *w, std::uint32_t events) {
  auto *self = static_cast<io_descriptor *>(w);
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
    self->readable = true;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
      self->ending = true; // its edge is spent: the end has to be read without another event
    while (!self->readers.empty())
      self->readers.front()->wake();
  }
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
    self->writable = true;
    while (!self->writers.empty())
      self->writers.front()->wake();
  }
}

void io_park::arm() {
  run = [](ready_node *node) {
    auto *self = static_cast<io_park *>(static_cast<timer_node *>(node));
    self->position = idle;
    if (!self->woken) {
      self->timed_out = true;
      self->wake();
    }
  };
  io->loop->add_timer(this, deadline_after(io->loop->now_ns(), *io->limit));
}

template <bool Write> bool io_awaiter<Write>::attempt() noexcept {
  for (;;) {
    if constexpr (Write)
      result = io->socket ? ::send(io->fd, data, size, MSG_NOSIGNAL) : ::write(io->fd, data, size);
    else
      result = io->socket ? ::recv(io->fd, data, size, 0) : ::read(io->fd, data, size);
    if (result >= 0) {
      if constexpr (!Write) { // a short write says nothing: only EAGAIN arms the next writability event
        if (result == 0 && size > 0)
          io->at_eof = true;
        else if (std::size_t(result) < size && io->pollable && io->socket && io->events && !io->ending)
          io->readable = false; // drained: the next readiness comes as an event
      }
      return true;
    }
    if (errno == EINTR)
      continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      (Write ? io->writable : io->readable) = false;
      return false;
    }
    error = errno;
    return true;
  }
}
template <bool Write> void io_awaiter<Write>::throw_closed_stream() {
  throw closed_descriptor_error("coroguard: this stream is closed");
}
template <bool Write> void io_awaiter<Write>::throw_io_error(bool write, int error) {
  throw_system(error, write ? "write" : "read");
}
template struct io_awaiter<true>;
template struct io_awaiter<false>;

} // namespace coroguard::detail
