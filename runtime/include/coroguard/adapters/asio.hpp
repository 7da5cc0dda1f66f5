// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Boost.Asio and standalone Asio: names of handlers in the guard's reports, through Asio's handler-tracking hooks. Define
//   BOOST_ASIO_CUSTOM_HANDLER_TRACKING="coroguard/adapters/asio.hpp"     (ASIO_CUSTOM_HANDLER_TRACKING for standalone Asio)
// for every translation unit of the program. The report then says which operation completed: `steady_timer.async_wait`.
#pragma once

#include "coroguard/guard.h"

#include <cstdio>

namespace coroguard::asio_adapter {

class tracked_handler {
public:
  const char *object_type_ = nullptr;
  const char *op_name_ = nullptr;
};

/// Around one invocation of a handler.
class completion {
public:
  explicit completion(const tracked_handler &handler) noexcept {
    if (coroguard_label && handler.object_type_) {
      char text[44];
      std::snprintf(text, sizeof text, "%s.%s", handler.object_type_, handler.op_name_);
      coroguard_label(text);
    }
  }
  completion(const completion &) = delete;
  completion &operator=(const completion &) = delete;
  ~completion() {
    if (coroguard_label)
      coroguard_label(nullptr);
  }
  template <class... T> void invocation_begin(const T &...) noexcept {}
  void invocation_end() noexcept {}
};

struct location {
  template <class... T> explicit location(const T &...) noexcept {}
};

template <class Context>
inline void creation(Context &, tracked_handler &handler, const char *object_type, void *, unsigned long long, const char *op_name) noexcept {
  handler.object_type_ = object_type;
  handler.op_name_ = op_name;
}

} // namespace coroguard::asio_adapter

#define COROGUARD_ASIO_INHERIT : public ::coroguard::asio_adapter::tracked_handler
#define COROGUARD_ASIO_ALSO_INHERIT , public ::coroguard::asio_adapter::tracked_handler

#define BOOST_ASIO_INHERIT_TRACKED_HANDLER COROGUARD_ASIO_INHERIT
#define BOOST_ASIO_ALSO_INHERIT_TRACKED_HANDLER COROGUARD_ASIO_ALSO_INHERIT
#define BOOST_ASIO_HANDLER_TRACKING_INIT (void)0
#define BOOST_ASIO_HANDLER_LOCATION(args) (void)0
#define BOOST_ASIO_HANDLER_CREATION(args) ::coroguard::asio_adapter::creation args
#define BOOST_ASIO_HANDLER_COMPLETION(args) ::coroguard::asio_adapter::completion tracked_completion args
#define BOOST_ASIO_HANDLER_INVOCATION_BEGIN(args) tracked_completion.invocation_begin args
#define BOOST_ASIO_HANDLER_INVOCATION_END tracked_completion.invocation_end()
#define BOOST_ASIO_HANDLER_OPERATION(args) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_REGISTRATION(args) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_DEREGISTRATION(args) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_READ_EVENT 1
#define BOOST_ASIO_HANDLER_REACTOR_WRITE_EVENT 2
#define BOOST_ASIO_HANDLER_REACTOR_ERROR_EVENT 4
#define BOOST_ASIO_HANDLER_REACTOR_EVENTS(args) (void)0
#define BOOST_ASIO_HANDLER_REACTOR_OPERATION(args) (void)0

#define ASIO_INHERIT_TRACKED_HANDLER COROGUARD_ASIO_INHERIT
#define ASIO_ALSO_INHERIT_TRACKED_HANDLER COROGUARD_ASIO_ALSO_INHERIT
#define ASIO_HANDLER_TRACKING_INIT (void)0
#define ASIO_HANDLER_LOCATION(args) (void)0
#define ASIO_HANDLER_CREATION(args) ::coroguard::asio_adapter::creation args
#define ASIO_HANDLER_COMPLETION(args) ::coroguard::asio_adapter::completion tracked_completion args
#define ASIO_HANDLER_INVOCATION_BEGIN(args) tracked_completion.invocation_begin args
#define ASIO_HANDLER_INVOCATION_END tracked_completion.invocation_end()
#define ASIO_HANDLER_OPERATION(args) (void)0
#define ASIO_HANDLER_REACTOR_REGISTRATION(args) (void)0
#define ASIO_HANDLER_REACTOR_DEREGISTRATION(args) (void)0
#define ASIO_HANDLER_REACTOR_READ_EVENT 1
#define ASIO_HANDLER_REACTOR_WRITE_EVENT 2
#define ASIO_HANDLER_REACTOR_ERROR_EVENT 4
#define ASIO_HANDLER_REACTOR_EVENTS(args) (void)0
#define ASIO_HANDLER_REACTOR_OPERATION(args) (void)0
