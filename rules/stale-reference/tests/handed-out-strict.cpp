// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops over what another object hands out, whose functions the unit does not show.
#include "acme.hpp"

#include <map>
#include <memory>
#include <vector>

using acme::Deferred;

struct File {
  Deferred<bool> drop(int from);
};

class Files {
  std::map<int, std::shared_ptr<File>> files_;

public:
  const std::map<int, std::shared_ptr<File>> &ordered() const { return files_; }
  Deferred<> remove(int number); // elsewhere
};

class Settled {
  std::vector<int> values_;

public:
  explicit Settled(std::vector<int> values);
  const std::vector<int> &values() const { return values_; }
  bool has(int value) const;
};

class Store {
  Files files_;
  Settled settled_;

public:
  Deferred<> drop(int from);
  Deferred<> quick();
};

Deferred<> Store::drop(int from) {
  for (const auto &[number, file] : files_.ordered()) // warn: "whether others change 'files_' meanwhile cannot be seen here"
    co_await file->drop(from);
  for (int value : settled_.values()) // ok: nothing but its constructor changes it
    co_await acme::pause_for(std::chrono::milliseconds(value));
}

Deferred<> Store::quick() {
  std::vector<std::shared_ptr<File>> files;
  for (const auto &[number, file] : files_.ordered()) // ok: not suspended
    files.push_back(file);
  for (const auto &file : files)
    co_await file->drop(0);
}

// Open fields of an object that others have, too.
struct Table {
  std::map<int, std::shared_ptr<File>> rows;
  Deferred<> remove(int number); // elsewhere
};
struct Request {
  std::vector<int> numbers;
  int first() const { return numbers.front(); }
};

class Reader {
  Table *table_;
  std::shared_ptr<Table> shared_;
  std::unique_ptr<Request> request_;

public:
  Deferred<> all() {
    for (const auto &[number, row] : table_->rows) // warn: "whether others change 'table_' meanwhile cannot be seen here"
      co_await row->drop(number);
    for (const auto &[number, row] : shared_->rows) // warn: "whether others change 'shared_' meanwhile cannot be seen here"
      co_await row->drop(number);
    for (int number : request_->numbers) // ok: its class has no function that changes it
      co_await acme::pause_for(std::chrono::milliseconds(number));
    auto rows = table_->rows;
    for (const auto &[number, row] : rows) // ok: a copy
      co_await row->drop(number);
  }
};
