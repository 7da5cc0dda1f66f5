// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values across a process boundary of the same program. Trivially copyable types (no pointers), strings, vectors, arrays, pairs,
// tuples, optionals, variants, maps and sets work; for your own type, specialise wire<T>:
//
//   template <> struct coroguard::wire<user> {
//     static void write(coroguard::wire_writer &out, const user &u) { out.put(u.name); out.put(u.age); }
//     static user read(coroguard::wire_reader &in) { auto n = in.get<std::string>(); return {n, in.get<int>()}; }
//   };
#pragma once

#include <array>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace coroguard {

/// The bytes end early or do not fit the type.
class wire_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

template <class T> struct wire;

class wire_writer {
public:
  explicit wire_writer(std::string &out) noexcept : out_(out) {}
  void raw(const void *data, std::size_t size) { out_.append(static_cast<const char *>(data), size); }
  template <class T> void put(const T &value) { wire<T>::write(*this, value); }

private:
  std::string &out_;
};

class wire_reader {
public:
  wire_reader(const char *data, std::size_t size) noexcept : at_(data), left_(size) {}
  const char *raw(std::size_t size) {
    if (size > left_)
      throw wire_error("coroguard: a message of another process ends early");
    const char *p = at_;
    at_ += size;
    left_ -= size;
    return p;
  }
  template <class T> T get() { return wire<T>::read(*this); }
  std::size_t left() const noexcept { return left_; }

private:
  const char *at_;
  std::size_t left_;
};

namespace detail {
/// Types that are nothing but an address of this process.
template <class T> inline constexpr bool is_address = std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::is_null_pointer_v<T>;
template <class C, class Traits> inline constexpr bool is_address<std::basic_string_view<C, Traits>> = true;
template <class T, std::size_t N> inline constexpr bool is_address<std::span<T, N>> = true;
template <class T> inline constexpr bool is_address<std::reference_wrapper<T>> = true;
/// Travels as its bytes.
template <class T> inline constexpr bool is_plain = std::is_trivially_copyable_v<T> && !is_address<T>;
} // namespace detail

/// Bytes as they are. (A trivially copyable class of yours that holds a pointer is yours to specialise: it cannot be seen.)
template <class T> struct wire {
  static_assert(!detail::is_address<T>, "pointers, references and views mean nothing in another process: pass a std::string or vector");
  static_assert(std::is_trivially_copyable_v<T>, "specialise coroguard::wire<T> for this type (see coroguard/wire.hpp)");
  static void write(wire_writer &out, const T &value) { out.raw(&value, sizeof value); }
  static T read(wire_reader &in) {
    alignas(T) unsigned char bytes[sizeof(T)];
    std::memcpy(bytes, in.raw(sizeof(T)), sizeof(T));
    return *std::launder(reinterpret_cast<T *>(bytes));
  }
};
template <> struct wire<std::string> {
  static void write(wire_writer &out, const std::string &s) {
    out.put(std::uint64_t(s.size()));
    out.raw(s.data(), s.size());
  }
  static std::string read(wire_reader &in) {
    auto n = in.get<std::uint64_t>();
    return std::string(in.raw(n), n);
  }
};
namespace detail {
template <class C> struct wire_sequence {
  static void write(wire_writer &out, const C &all) {
    out.put(std::uint64_t(all.size()));
    for (const auto &x : all)
      out.put(static_cast<const typename C::value_type &>(x));
  }
};
template <class C> struct wire_keyed : wire_sequence<C> {
  static C read(wire_reader &in) {
    C all;
    for (auto n = in.get<std::uint64_t>(); n > 0; --n)
      all.insert(in.get<typename C::value_type>());
    return all;
  }
};
} // namespace detail
template <class T, class A> struct wire<std::vector<T, A>> {
  static void write(wire_writer &out, const std::vector<T, A> &v) {
    out.put(std::uint64_t(v.size()));
    if constexpr (detail::is_plain<T> && !std::is_same_v<T, bool>)
      out.raw(v.data(), v.size() * sizeof(T));
    else
      for (const auto &x : v)
        out.put(static_cast<const T &>(x));
  }
  static std::vector<T, A> read(wire_reader &in) {
    auto n = in.get<std::uint64_t>();
    std::vector<T, A> v;
    if constexpr (detail::is_plain<T> && !std::is_same_v<T, bool>) {
      if (n > in.left() / sizeof(T))
        throw wire_error("coroguard: a message of another process ends early");
      v.resize(n);
      if (n)
        std::memcpy(v.data(), in.raw(n * sizeof(T)), n * sizeof(T));
    } else {
      for (; n > 0; --n)
        v.push_back(in.get<T>());
    }
    return v;
  }
};
template <class A, class B> struct wire<std::pair<A, B>> {
  static void write(wire_writer &out, const std::pair<A, B> &p) {
    out.put(static_cast<const std::remove_const_t<A> &>(p.first));
    out.put(p.second);
  }
  static std::pair<A, B> read(wire_reader &in) {
    auto a = in.get<std::remove_const_t<A>>();
    return {std::move(a), in.get<B>()};
  }
};
template <class... T> struct wire<std::tuple<T...>> {
  static void write(wire_writer &out, const std::tuple<T...> &t) {
    std::apply([&](const T &...x) { (out.put(x), ...); }, t);
  }
  static std::tuple<T...> read(wire_reader &in) { return std::tuple<T...>{in.get<T>()...}; }
};
template <class T> struct wire<std::optional<T>> {
  static void write(wire_writer &out, const std::optional<T> &o) {
    out.put(o.has_value());
    if (o)
      out.put(*o);
  }
  static std::optional<T> read(wire_reader &in) { return in.get<bool>() ? std::optional<T>(in.get<T>()) : std::nullopt; }
};
template <class... T> struct wire<std::variant<T...>> {
  static void write(wire_writer &out, const std::variant<T...> &v) {
    out.put(std::uint64_t(v.index()));
    std::visit([&](const auto &x) { out.put(x); }, v);
  }
  static std::variant<T...> read(wire_reader &in) { return pick<0>(in, in.get<std::uint64_t>()); }
  template <std::size_t I> static std::variant<T...> pick(wire_reader &in, std::uint64_t index) {
    if constexpr (I < sizeof...(T)) {
      if (index == I)
        return std::variant<T...>(std::in_place_index<I>, in.get<std::variant_alternative_t<I, std::variant<T...>>>());
      return pick<I + 1>(in, index);
    } else {
      throw wire_error("coroguard: a variant of another process has an unknown alternative");
    }
  }
};
template <class K, class V, class C, class A> struct wire<std::map<K, V, C, A>> : detail::wire_keyed<std::map<K, V, C, A>> {};
template <class K, class V, class H, class E, class A>
struct wire<std::unordered_map<K, V, H, E, A>> : detail::wire_keyed<std::unordered_map<K, V, H, E, A>> {};
template <class K, class C, class A> struct wire<std::set<K, C, A>> : detail::wire_keyed<std::set<K, C, A>> {};
template <class K, class H, class E, class A>
struct wire<std::unordered_set<K, H, E, A>> : detail::wire_keyed<std::unordered_set<K, H, E, A>> {};

} // namespace coroguard
