// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Database, transfer and file calls, by the prototypes their headers give.
#include "acme.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

extern "C" {
struct sqlite3;
struct sqlite3_stmt;
int sqlite3_exec(sqlite3 *, const char *sql, int (*callback)(void *, int, char **, char **), void *, char **errmsg);
int sqlite3_step(sqlite3_stmt *);
int sqlite3_prepare_v2(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
PGresult *PQexec(PGconn *conn, const char *query);
PGconn *PQconnectdb(const char *conninfo);
typedef struct st_mysql MYSQL;
int mysql_query(MYSQL *mysql, const char *q);
typedef void CURL;
typedef int CURLcode;
CURLcode curl_easy_perform(CURL *handle);
struct redisContext;
void *redisCommand(redisContext *c, const char *format, ...);
redisContext *redisConnect(const char *ip, int port);
}

using acme::Deferred;

Deferred<> databases(sqlite3 *db, sqlite3_stmt *statement, PGconn *pg, MYSQL *mysql, redisContext *redis) {
  sqlite3_exec(db, "select 1", nullptr, nullptr, nullptr); // warn: "sqlite3_exec"
  while (sqlite3_step(statement) == 100)                   // warn: "sqlite3_step"
    ;
  PQexec(pg, "select 1");                                  // warn: "PQexec"
  PGconn *other = PQconnectdb("dbname=x");                 // warn: "PQconnectdb"
  mysql_query(mysql, "select 1");                          // warn: "mysql_query"
  redisCommand(redis, "GET %s", "key");                    // warn: "redisCommand"
  redisConnect("localhost", 6379);                         // warn: "redisConnect"
  (void)other;
  co_return;
}

Deferred<> transfers(CURL *handle) {
  curl_easy_perform(handle); // warn: "curl_easy_perform"
  co_return;
}

// Files on disk: reported by default, at the lower severity.
Deferred<std::string> files(const std::string &path, int fd) {
  std::ifstream in(path);                          // warn: "ifstream"
  std::string text;
  fsync(fd);                                       // warn: "fsync"
  std::filesystem::remove(path);                   // warn: "remove"
  if (std::filesystem::exists(path))               // warn: "exists"
    std::filesystem::create_directories(path);     // warn: "create_directories"
  rename("a", "b");                                // warn: "rename"
  unlink("a");                                     // warn: "unlink"
  co_return text;
}

Deferred<> lexical(const std::filesystem::path &path) {
  auto parent = path.parent_path();          // ok: no look at the disk
  auto name = (path / "x").filename();       // ok
  auto normal = path.lexically_normal();     // ok
  co_return;
}
