// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finding and reading compile_commands.json.
#include "checker/driver/Database.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

namespace coroguard::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

static constexpr llvm::StringLiteral databaseName = "compile_commands.json";

std::string absolutePath(llvm::StringRef file) {
  llvm::SmallString<256> absolute(file);
  fs::make_absolute(absolute);
  path::remove_dots(absolute, /*remove_dot_dot=*/true);
  return absolute.str().str();
}

bool isBelow(llvm::StringRef file, llvm::StringRef folder) {
  return file.consume_front(folder.rtrim('/')) && file.starts_with("/");
}

std::string realPath(llvm::StringRef file) {
  llvm::SmallString<256> real;
  return fs::real_path(file, real) ? absolutePath(file) : real.str().str();
}

/// Folders in which build systems put the database.
static bool isBuildFolder(llvm::StringRef name) {
  return name.starts_with_insensitive("build") || name.starts_with("cmake-build") || name.starts_with("out") ||
         llvm::is_contained({"_build", "bin", "debug", "release", "Debug", "Release"}, name);
}

/// The newest database in `folder` or in a build folder of it, looking two levels deep (build/debug, out/x64).
static std::string newestBelow(llvm::StringRef folder, unsigned depth) {
  llvm::SmallString<256> direct(folder);
  path::append(direct, databaseName);
  if (fs::exists(direct))
    return direct.str().str();
  std::string best;
  llvm::sys::TimePoint<> bestTime;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && depth > 0; entry.increment(error)) {
    if (entry->type() == fs::file_type::regular_file || (depth == 2 && !isBuildFolder(path::filename(entry->path()))))
      continue;
    if (!fs::is_directory(entry->path()))
      continue;
    std::string found = newestBelow(entry->path(), depth == 2 ? 1 : 0);
    fs::file_status status;
    if (found.empty() || fs::status(found, status))
      continue;
    if (best.empty() || status.getLastModificationTime() > bestTime ||
        (status.getLastModificationTime() == bestTime && found < best)) {
      best = std::move(found);
      bestTime = status.getLastModificationTime();
    }
  }
  return best;
}

static bool isProjectTop(const std::string &folder) {
  return llvm::any_of(std::initializer_list<const char *>{".git", "CMakeLists.txt", "meson.build", "Makefile", "configure",
                                                          "WORKSPACE", "MODULE.bazel", "xmake.lua"},
                      [&](const char *file) { return fs::exists(folder + "/" + file); });
}

std::string findDatabase(llvm::StringRef start) {
  std::string folder = absolutePath(start);
  if (!fs::is_directory(folder))
    folder = path::parent_path(folder).str();
  for (bool isStart = true; !folder.empty(); folder = path::parent_path(folder).str(), isStart = false) {
    // Not any parent's `build` is ours: a home folder holds many.
    if (std::string found = newestBelow(folder, isStart || isProjectTop(folder) ? 2 : 0); !found.empty())
      return found;
    if (fs::exists(folder + "/.git"))
      break;
  }
  return {};
}

namespace {

/// Reads entries; remembers where it is for messages.
class Reader {
public:
  explicit Reader(llvm::StringRef file) : file_(file) {}

  llvm::Expected<CompileCommand> entry(const llvm::json::Value &value, size_t number) const {
    const llvm::json::Object *object = value.getAsObject();
    if (!object)
      return wrong(number, "is not an object");
    auto directory = object->getString("directory"), file = object->getString("file");
    if (!directory)
      return wrong(number, "has no \"directory\"");
    if (!file)
      return wrong(number, "has no \"file\"");
    CompileCommand command;
    command.directory = against(path::parent_path(file_), *directory);
    command.file = against(command.directory, *file);
    if (const llvm::json::Array *arguments = object->getArray("arguments")) {
      for (const llvm::json::Value &argument : *arguments)
        if (auto text = argument.getAsString())
          command.arguments.push_back(text->str());
    } else if (auto line = object->getString("command")) {
      split(*line, command.arguments);
    } else {
      return wrong(number, "has neither \"command\" nor \"arguments\"");
    }
    if (command.arguments.empty())
      return wrong(number, "has an empty command");
    return command;
  }

private:
  llvm::Error wrong(size_t number, llvm::StringRef what) const {
    return llvm::createStringError(file_ + ": entry " + llvm::Twine(number + 1) + " " + what +
                                   "; let the build system write the file again");
  }

  static std::string against(llvm::StringRef base, llvm::StringRef name) {
    llvm::SmallString<256> full(name);
    if (path::is_relative(name)) {
      full = base;
      path::append(full, name);
    }
    return absolutePath(full);
  }

  static void split(llvm::StringRef line, std::vector<std::string> &arguments) {
    llvm::BumpPtrAllocator memory;
    llvm::StringSaver saver(memory);
    llvm::SmallVector<const char *, 64> tokens;
    llvm::cl::TokenizeGNUCommandLine(line, saver, tokens);
    arguments.assign(tokens.begin(), tokens.end());
  }

  std::string file_;
};

} // namespace

llvm::Expected<Database> readDatabase(llvm::StringRef given) {
  Database database;
  database.path = absolutePath(given);
  if (fs::is_directory(database.path)) {
    llvm::SmallString<256> inside(database.path);
    path::append(inside, databaseName);
    if (!fs::exists(inside))
      return llvm::createStringError("there is no compile_commands.json in '" + given +
                                     "'; configure with -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, or run 'bear -- make'");
    database.path = inside.str().str();
  }
  auto buffer = llvm::MemoryBuffer::getFile(database.path);
  if (!buffer)
    return llvm::createStringError("cannot read '" + database.path + "': " + buffer.getError().message() +
                                   "; name the build folder with -p");
  llvm::Expected<llvm::json::Value> value = llvm::json::parse((*buffer)->getBuffer());
  if (!value)
    return llvm::createStringError("'" + database.path + "' is not valid JSON: " + llvm::toString(value.takeError()) +
                                   "; let the build system write the file again");
  const llvm::json::Array *entries = value->getAsArray();
  if (!entries)
    return llvm::createStringError("'" + database.path + "' is not a list of commands; let the build system write it again");
  Reader reader(database.path);
  for (size_t i = 0; i < entries->size(); ++i) {
    auto command = reader.entry((*entries)[i], i);
    if (!command)
      return command.takeError();
    database.commands.push_back(std::move(*command));
  }
  if (database.commands.empty())
    return llvm::createStringError("'" + database.path + "' lists no units; build the project once, or name another "
                                                         "build folder with -p");
  return database;
}

} // namespace coroguard::driver
