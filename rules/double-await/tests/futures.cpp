// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures of the standard library give their result once; no coroutine is needed for that.
#include <future>

int row(int id);

int again_if_negative(int id) {
  std::future<int> result = std::async(std::launch::async, row, id);
  int value = result.get();
  if (value < 0)
    value = result.get(); // warn: "'result' is used up a second time"
  return value;
}
int in_loop(int id) {
  std::future<int> result = std::async(std::launch::async, row, id);
  int sum = 0;
  for (int i = 0; i < 3; ++i)
    sum += result.get(); // warn: "result"
  return sum;
}

// --- silent -----------------------------------------------------------------------------------------------------------

int shared(int id) {
  std::shared_future<int> result = std::async(std::launch::async, row, id).share();
  return result.get() + result.get();
}
int another(int id) {
  std::future<int> result = std::async(std::launch::async, row, id);
  int value = result.get();
  result = std::async(std::launch::async, row, id + 1);
  return value + result.get();
}
int waits_first(int id) {
  std::future<int> result = std::async(std::launch::async, row, id);
  result.wait();
  return result.get();
}
int either(int id) {
  std::future<int> result = std::async(std::launch::async, row, id);
  if (id > 3)
    return result.get();
  return -result.get();
}
int while_valid(int id) {
  std::future<int> result = std::async(std::launch::async, row, id);
  int value = result.get();
  if (result.valid())
    value = result.get();
  return value;
}
