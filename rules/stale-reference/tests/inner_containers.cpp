// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Containers in the elements of containers, what helpers find in what they are given, and pairs of an iterator and a flag.
#include "acme.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

struct Lease {
  int id = 0, hits = 0;
};
struct Room {
  std::vector<std::string> members;
  std::list<std::string> guests;
  std::string name;
};
acme::Deferred<void> ping();
acme::Deferred<std::string> fetch(std::string key);

static Lease *findLease(std::vector<Lease> &all, int id) {
  for (Lease &each : all)
    if (each.id == id)
      return &each;
  return nullptr;
}
static std::vector<Lease>::iterator seek(std::vector<Lease> &all, int id) {
  return std::find_if(all.begin(), all.end(), [id](const Lease &each) { return each.id == id; });
}
static Lease &at(std::map<int, Lease> &all, int id) {
  auto found = all.find(id);
  return found->second;
}
static Lease *pick(std::vector<Lease> &some, std::vector<Lease> &others, bool first) { return first ? &some.back() : &others.back(); }

class House {
public:
  void change(int id, std::string name) {
    leases_.pop_back();
    byId_.erase(id);
    kept_[id] = {};
    notes_.erase(name);
    levels_[id].push_back({});
    auto &room = rooms_[id];
    room.members.push_back(name);
    room.guests.push_back(name);
    quiet_[id].name = name;
  }

  acme::Deferred<void> found_by_helper(int id) {
    Lease *lease = findLease(leases_, id);
    if (!lease)
      co_return;
    co_await ping();
    ++lease->hits; // warn: "'lease' refers into 'leases_'"
  }
  acme::Deferred<void> sought(int id) {
    auto lease = seek(leases_, id);
    co_await ping();
    ++lease->hits; // warn: "'lease' refers into 'leases_'"
  }
  acme::Deferred<void> by_reference(int id) {
    Lease &lease = at(byId_, id);
    co_await ping();
    ++lease.hits; // warn: "'lease' refers into 'byId_'"
  }
  acme::Deferred<void> one_of_two(bool first) {
    Lease *lease = pick(leases_, leases_, first);
    co_await ping();
    ++lease->hits; // ok: not told by the helper
  }
  acme::Deferred<void> in_one_of_two(bool late, std::size_t at) {
    Lease &lease = (late ? leases_ : fixed_)[at];
    co_await ping();
    ++lease.hits; // warn: "'lease' refers into 'leases_'"
  }
  acme::Deferred<void> only_grows(int id) {
    Lease &lease = at(kept_, id);
    co_await ping();
    ++lease.hits; // ok: a map's nodes stay
  }
  acme::Deferred<void> own_list(int id) {
    std::vector<Lease> mine = leases_;
    Lease *lease = findLease(mine, id);
    co_await ping();
    ++lease->hits; // ok: its own
  }

  acme::Deferred<int> walks_inner(int level) {
    int hits = 0;
    for (Lease &lease : levels_[level]) { // warn: "this loop over 'levels_'"
      co_await ping();
      hits += lease.hits;
    }
    co_return hits;
  }
  acme::Deferred<void> walks_field(int id) {
    auto found = rooms_.find(id);
    for (const std::string &member : found->second.members) // warn: "this loop over 'rooms_'"
      co_await fetch(member);
  }
  acme::Deferred<void> walks_through_reference(int id) {
    auto &members = rooms_.at(id).members;
    for (const std::string &member : members) // warn: "this loop over 'rooms_'"
      co_await fetch(member);
  }
  acme::Deferred<void> walks_list(int id) {
    for (const std::string &guest : rooms_[id].guests) // ok: a list that grows
      co_await fetch(guest);
  }
  acme::Deferred<void> other_field(int id) {
    for (const std::string &member : quiet_[id].members) // ok: only the name changes
      co_await fetch(member);
  }
  acme::Deferred<void> copies(int id) {
    std::vector<std::string> members = rooms_[id].members;
    for (const std::string &member : members)
      co_await fetch(member);
  }
  acme::Deferred<void> last_of_inner(int id) {
    std::string &last = rooms_[id].members.back();
    co_await ping();
    last += '!'; // warn: "'last' refers into 'rooms_'"
  }

  acme::Deferred<void> pair(std::string key) {
    auto put = notes_.emplace(key, "");
    std::string text = co_await fetch(key);
    if (put.second)
      put.first->second = text; // warn: "'put' refers into 'notes_'"
  }
  acme::Deferred<bool> only_the_flag(std::string key) {
    auto put = notes_.emplace(key, "");
    co_await ping();
    co_return put.second; // ok
  }

private:
  std::vector<Lease> leases_, fixed_;
  std::map<int, Lease> byId_, kept_;
  std::map<std::string, std::string> notes_;
  std::unordered_map<int, std::vector<Lease>> levels_;
  std::unordered_map<int, Room> rooms_, quiet_;
};

class Cache {
public:
  Lease *peek(const std::string &key) {
    auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }
  void evict(const std::string &key) { entries_.erase(key); }

private:
  std::unordered_map<std::string, Lease> entries_;
};
struct Twin {
  std::map<std::string, std::string> properties, fixed;
};

class Client {
public:
  void changes(const std::string &key) {
    cache_.evict(key);
    twin_.properties.erase(key);
    twin_.fixed[key] = "";
    devices_[key].push_back(1);
    text_[0] = 'x';
  }
  acme::Deferred<int> peeks(std::string key) {
    if (Lease *hit = cache_.peek(key)) {
      co_await ping();
      co_return hit->hits; // warn: "'hit' refers into 'cache_'"
    }
    co_return 0;
  }
  acme::Deferred<int> peeks_again(std::string key) {
    co_await ping();
    Lease *hit = cache_.peek(key);
    co_return hit ? hit->hits : 0; // ok
  }
  acme::Deferred<void> walks_part() {
    for (auto &[key, value] : twin_.properties) // warn: "this loop over 'twin_'"
      value = co_await fetch(key);
  }
  acme::Deferred<void> walks_other_part() {
    for (auto &[key, value] : twin_.fixed) // ok: a map that grows
      value = co_await fetch(key);
  }
  acme::Deferred<void> hashed() {
    for (auto at = devices_.begin(); at != devices_.end();) { // warn: "'at' refers into 'devices_'"
      co_await fetch(at->first);
      ++at;
    }
  }
  acme::Deferred<void> one_of_hashed(std::string key) {
    std::vector<int> &numbers = devices_[key];
    co_await ping();
    numbers.clear(); // ok: its node stays where it is
  }

  acme::Deferred<void> written_in_place() {
    char &first = text_.front();
    co_await ping();
    first = 'y'; // ok: a string does not grow by a subscript
  }

private:
  std::string text_;
  Cache cache_;
  Twin twin_;
  std::unordered_map<std::string, std::vector<int>> devices_;
};
