// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Memory of coroutine frames and task records: size-classed free lists, one set per thread. Blocks come from malloc and
// may be freed on any thread (they join that thread's lists, up to a bound). Under AddressSanitizer: plain malloc, of the same sizes,
// since a program with it may be linked with a library without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define COROGUARD_NO_FRAME_POOL 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define COROGUARD_NO_FRAME_POOL 1
#endif
#endif

namespace coroguard::detail {

struct frame_pool {
  static constexpr std::size_t granule = 16, classes = 128; // up to 2 KB pooled
  /// Sizes are those that malloc gives without waste: 16 k + 8 bytes, 8 being its own.
  static constexpr std::size_t class_of(std::size_t bytes) noexcept { return (bytes + granule - 9) / granule; }
  static constexpr std::size_t size_of(std::size_t k) noexcept { return k * granule + 8; }
  static constexpr std::uint32_t kept_bytes = 32u << 20;   // per class and thread; more goes back to malloc
  struct size_class {
    void *head = nullptr;
    std::uint32_t count = 0; // at the end of the thread: too many, so that blocks go straight to malloc
  };
  size_class lists[classes] = {};
};

inline constinit thread_local frame_pool this_thread_pool{};

/// Slow path: malloc of the whole class; registers the release of the lists at thread end. Throws std::bad_alloc.
void *frame_allocate_slow(std::size_t bytes);
void frame_free_slow(void *block) noexcept;

inline void *frame_allocate(std::size_t bytes) {
  std::size_t k = frame_pool::class_of(bytes);
#ifdef COROGUARD_NO_FRAME_POOL
  return frame_allocate_slow(k < frame_pool::classes ? frame_pool::size_of(k) : bytes);
#else
  if (k < frame_pool::classes) [[likely]] {
    auto &list = this_thread_pool.lists[k];
    if (void *block = list.head) [[likely]] {
      list.head = *static_cast<void **>(block);
      __builtin_prefetch(list.head); // the next call reads it first
      --list.count;
      return block;
    }
    return frame_allocate_slow(frame_pool::size_of(k));
  }
  return frame_allocate_slow(bytes);
#endif
}

inline void frame_free(void *block, std::size_t bytes) noexcept {
#ifdef COROGUARD_NO_FRAME_POOL
  (void)bytes;
  frame_free_slow(block);
#else
  std::size_t k = frame_pool::class_of(bytes);
  if (k < frame_pool::classes) [[likely]] {
    auto &list = this_thread_pool.lists[k];
    if (list.count * (k + 1) < frame_pool::kept_bytes / frame_pool::granule) [[likely]] {
      *static_cast<void **>(block) = list.head;
      list.head = block;
      ++list.count;
      return;
    }
  }
  frame_free_slow(block);
#endif
}

/// Base that gives a class the pool's operator new and delete.
struct pooled {
  static void *operator new(std::size_t bytes) { return frame_allocate(bytes); }
  static void operator delete(void *block, std::size_t bytes) noexcept { frame_free(block, bytes); }
};

} // namespace coroguard::detail
