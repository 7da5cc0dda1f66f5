// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An idiomatic program, silent: a page of a C++/WinRT application that loads in the background and shows in the foreground.
#include "winrt.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using winrt::fire_and_forget;
using winrt::Windows::Foundation::IAsyncAction;
using winrt::Windows::Foundation::IAsyncOperation;
using namespace std::chrono_literals;


struct Dispatcher {
  bool HasThreadAccess() const;
};

struct Picture {
  std::string name;
  std::string bytes;
};

class Panel {
public:
  void Clear() { names_.clear(); }
  void Append(std::string name) { names_.push_back(std::move(name)); }
  void ShowProgress(int percent) { percent_ = percent; }
  void ShowProblem(std::string_view text) { problem_ = text; }

private:
  std::vector<std::string> names_;
  std::string problem_;
  int percent_ = 0;
};

IAsyncOperation<std::string> ReadAllAsync(std::filesystem::path path) {
  co_await winrt::resume_background();
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  co_return text;
}

IAsyncOperation<std::vector<std::string>> ListAsync(std::filesystem::path folder) {
  co_await winrt::resume_background();
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().string());
  std::sort(names.begin(), names.end());
  co_return names;
}

struct Gallery : winrt::implements<Gallery> {
  explicit Gallery(Dispatcher dispatcher) : dispatcher_(std::move(dispatcher)) {}

  fire_and_forget OnOpened(std::string folder) {
    auto lifetime = get_strong();
    try {
      co_await LoadAsync(folder);
    } catch (const winrt::hresult_canceled &) {
      co_return;
    } catch (const std::exception &problem) {
      panel_.ShowProblem(problem.what());
    }
  }

  IAsyncAction LoadAsync(std::string folder) {
    auto lifetime = get_strong();
    const int generation = ++generation_;
    panel_.Clear();
    const std::vector<std::string> names = co_await ListAsync(folder);
    co_await winrt::resume_foreground(dispatcher_);
    int done = 0;
    for (const std::string &name : names) {
      std::string bytes = co_await ReadAllAsync(name);
      co_await winrt::resume_foreground(dispatcher_);
      if (generation != generation_)
        co_return; // another folder was opened meanwhile
      panel_.Append(name);
      panel_.ShowProgress(++done * 100 / static_cast<int>(names.size()));
      cache_.insert_or_assign(name, std::move(bytes));
    }
  }

  IAsyncOperation<Picture> OpenAsync(std::string name) {
    auto lifetime = get_strong();
    if (const auto found = cache_.find(name); found != cache_.end())
      co_return Picture{name, found->second};
    Picture picture{name, co_await ReadAllAsync(name)};
    co_await winrt::resume_foreground(dispatcher_);
    cache_.insert_or_assign(name, picture.bytes);
    co_return picture;
  }

  fire_and_forget Refresh() {
    auto weak = get_weak();
    co_await winrt::resume_after(250ms);
    if (auto self = weak.get()) {
      co_await winrt::resume_foreground(self->dispatcher_);
      self->panel_.ShowProgress(0);
    }
  }

  IAsyncAction SaveAsync(std::string folder) {
    auto lifetime = get_strong();
    std::vector<Picture> pictures;
    for (const auto &[name, bytes] : cache_)
      pictures.push_back({name, bytes});
    co_await winrt::resume_background();
    for (const Picture &picture : pictures) {
      std::ofstream file(std::filesystem::path(folder) / std::filesystem::path(picture.name).filename(), std::ios::binary);
      file << picture.bytes;
    }
    co_await winrt::resume_foreground(dispatcher_);
    panel_.ShowProgress(100);
  }

  IAsyncAction ReloadAsync(std::string first, std::string second) {
    auto lifetime = get_strong();
    co_await winrt::when_all(LoadAsync(std::move(first)), SaveAsync(std::move(second)));
  }

private:
  Dispatcher dispatcher_;
  Panel panel_;
  std::map<std::string, std::string> cache_;
  int generation_ = 0;
};

IAsyncOperation<std::size_t> CountAsync(std::string folder) {
  const auto names = co_await ListAsync(std::move(folder));
  co_return names.size();
}


int main() {
  auto gallery = std::make_shared<Gallery>(Dispatcher());
  gallery->OnOpened("pictures");
  gallery->Refresh();
  gallery->ReloadAsync("pictures", "backup").get();
  const auto picture = gallery->OpenAsync("pictures/one.png").get();
  return picture.bytes.empty() && CountAsync("pictures").get() == 0;
}
