// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Probes: names, directories, metadata, files at an offset.
#define _LARGEFILE64_SOURCE 1
#include "probes.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wordexp.h>

using probes::path;
using probes::w;

namespace {
char buffer[4096];
iovec vec{buffer, 64};
struct stat st;
struct stat64 st64;
const char *data() { return path("data"); }
int visit(const char *, const struct stat *, int) { return 0; }
int visit64(const char *, const struct stat64 *, int) { return 0; }
int walk(const char *, const struct stat *, int, FTW *) { return 0; }
int walk64(const char *, const struct stat64 *, int, FTW *) { return 0; }
} // namespace

extern "C" {
int __xstat(int, const char *, struct stat *);
int __xstat64(int, const char *, struct stat64 *);
int __lxstat(int, const char *, struct stat *);
int __lxstat64(int, const char *, struct stat64 *);
int __fxstatat(int, int, const char *, struct stat *, int);
int __fxstatat64(int, int, const char *, struct stat64 *, int);
int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
ssize_t __pread_chk(int, void *, size_t, off_t, size_t);
ssize_t __pread64_chk(int, void *, size_t, off64_t, size_t);
ssize_t __readlink_chk(const char *, char *, size_t, size_t);
ssize_t __readlinkat_chk(int, const char *, char *, size_t, size_t);
char *__realpath_chk(const char *, char *, size_t);
char *__getcwd_chk(char *, size_t, size_t);
}

#define CLOSES(expression) { int fd = expression; if (fd >= 0) close(fd); }

// Two callers of one function that calls libc from one place, at one stack depth: two findings.
static int opened_by_a_helper() { return open(path("data"), O_RDONLY); }
BLOCKS(open, { close(opened_by_a_helper()); })
BLOCKS(open, { close(opened_by_a_helper()); })
BLOCKS(open, CLOSES(open(data(), O_RDONLY)))
SILENT(open, CLOSES(open("/dev/null", O_RDWR)))
SILENT(open, CLOSES(open("/proc/self/stat", O_RDONLY)))
BLOCKS(open64, CLOSES(open64(data(), O_RDONLY)))
SILENT(open64, CLOSES(open64("/dev/zero", O_RDWR)))
BLOCKS(openat, CLOSES(openat(AT_FDCWD, data(), O_RDONLY)))
SILENT(openat, CLOSES(openat(AT_FDCWD, "/dev/null", O_RDONLY)))
BLOCKS(openat64, CLOSES(openat64(AT_FDCWD, data(), O_RDONLY)))
SILENT(openat64, CLOSES(openat64(AT_FDCWD, "/dev/null", O_RDONLY)))
BLOCKS(__open_2, CLOSES(__open_2(data(), O_RDONLY)))
BLOCKS(__open64_2, CLOSES(__open64_2(data(), O_RDONLY)))
BLOCKS(__openat_2, CLOSES(__openat_2(AT_FDCWD, data(), O_RDONLY)))
BLOCKS(__openat64_2, CLOSES(__openat64_2(AT_FDCWD, data(), O_RDONLY)))
BLOCKS(creat, CLOSES(creat(path("made"), 0600)))
BLOCKS(creat64, CLOSES(creat64(path("made"), 0600)))
SILENT(close, { close(dup(w.quiet_pipe_in)); })
BLOCKS(stat, { stat(data(), &st); })
SILENT(stat, { stat("/proc/self", &st); })
BLOCKS(stat64, { stat64(data(), &st64); })
BLOCKS(lstat, { lstat(data(), &st); })
BLOCKS(lstat64, { lstat64(data(), &st64); })
SILENT(fstat, { fstat(w.file, &st); })
BLOCKS(fstatat, { fstatat(AT_FDCWD, data(), &st, 0); })
BLOCKS(fstatat64, { fstatat64(AT_FDCWD, data(), &st64, 0); })
BLOCKS(__xstat, { __xstat(1, data(), &st); })
BLOCKS(__xstat64, { __xstat64(1, data(), &st64); })
BLOCKS(__lxstat, { __lxstat(1, data(), &st); })
BLOCKS(__lxstat64, { __lxstat64(1, data(), &st64); })
BLOCKS(__fxstatat, { __fxstatat(1, AT_FDCWD, data(), &st, 0); })
BLOCKS(__fxstatat64, { __fxstatat64(1, AT_FDCWD, data(), &st64, 0); })
BLOCKS(statx, { struct statx x; statx(AT_FDCWD, data(), 0, STATX_BASIC_STATS, &x); })
BLOCKS(access, { if (access(data(), R_OK)) abort(); })
SILENT(access, { if (access("/dev/null", R_OK)) abort(); })
BLOCKS(faccessat, { if (faccessat(AT_FDCWD, data(), R_OK, 0)) abort(); })
BLOCKS(euidaccess, { if (euidaccess(data(), R_OK)) abort(); })
BLOCKS(eaccess, { if (eaccess(data(), R_OK)) abort(); })
BLOCKS(statvfs, { struct statvfs v; statvfs(data(), &v); })
BLOCKS(statvfs64, { struct statvfs64 v; statvfs64(data(), &v); })
BLOCKS(fstatvfs, { struct statvfs v; fstatvfs(w.file, &v); })
BLOCKS(fstatvfs64, { struct statvfs64 v; fstatvfs64(w.file, &v); })
BLOCKS(statfs, { struct statfs v; statfs(data(), &v); })
BLOCKS(statfs64, { struct statfs64 v; statfs64(data(), &v); })
BLOCKS(fstatfs, { struct statfs v; fstatfs(w.file, &v); })
BLOCKS(fstatfs64, { struct statfs64 v; fstatfs64(w.file, &v); })
BLOCKS(opendir, { closedir(opendir(w.dir.c_str())); })
BLOCKS(fdopendir, { closedir(fdopendir(open(w.dir.c_str(), O_RDONLY | O_DIRECTORY))); })
BLOCKS(readdir, { DIR *d = opendir(w.dir.c_str()); readdir(d); closedir(d); })
BLOCKS(readdir64, { DIR *d = opendir(w.dir.c_str()); readdir64(d); closedir(d); })
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
BLOCKS(readdir_r, { DIR *d = opendir(w.dir.c_str()); dirent e, *r; readdir_r(d, &e, &r); closedir(d); })
BLOCKS(readdir64_r, { DIR *d = opendir(w.dir.c_str()); dirent64 e, *r; readdir64_r(d, &e, &r); closedir(d); })
BLOCKS(closedir, { closedir(opendir(w.dir.c_str())); })
BLOCKS(scandir, { dirent **list; int n = scandir(w.dir.c_str(), &list, nullptr, alphasort); while (n-- > 0) free(list[n]); free(list); })
BLOCKS(scandir64, { dirent64 **list; int n = scandir64(w.dir.c_str(), &list, nullptr, alphasort64); while (n-- > 0) free(list[n]); free(list); })
BLOCKS(ftw, { ftw(w.dir.c_str(), visit, 4); })
BLOCKS(ftw64, { ftw64(w.dir.c_str(), visit64, 4); })
BLOCKS(nftw, { nftw(w.dir.c_str(), walk, 4, 0); })
BLOCKS(nftw64, { nftw64(w.dir.c_str(), walk64, 4, 0); })
BLOCKS(glob, { glob_t g; if (glob((w.dir + "/*").c_str(), 0, nullptr, &g) == 0) globfree(&g); })
BLOCKS(glob64, { glob64_t g; if (glob64((w.dir + "/*").c_str(), 0, nullptr, &g) == 0) globfree64(&g); })
BLOCKS(wordexp, { wordexp_t x; if (wordexp((w.dir + "/*").c_str(), &x, WRDE_NOCMD) == 0) wordfree(&x); })
BLOCKS(fts_read, { char *dirs[] = {w.dir.data(), nullptr}; FTS *f = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, nullptr); fts_read(f); fts_close(f); })
BLOCKS(fts_children, { char *dirs[] = {w.dir.data(), nullptr}; FTS *f = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, nullptr); fts_children(f, 0); fts_close(f); })
BLOCKS(rename, { rename(path("absent"), path("b")); })
BLOCKS(renameat, { renameat(AT_FDCWD, path("absent"), AT_FDCWD, path("b")); })
BLOCKS(renameat2, { renameat2(AT_FDCWD, path("absent"), AT_FDCWD, path("b"), 0); })
BLOCKS(link, { if (link(path("absent"), path("b")) == 0) abort(); })
BLOCKS(linkat, { if (linkat(AT_FDCWD, path("absent"), AT_FDCWD, path("b"), 0) == 0) abort(); })
BLOCKS(symlink, { if (symlink("x", path("link")) == 0) abort(); })
BLOCKS(symlinkat, { if (symlinkat("x", AT_FDCWD, path("link")) == 0) abort(); })
BLOCKS(unlink, { unlink(path("absent")); })
BLOCKS(unlinkat, { unlinkat(AT_FDCWD, path("absent"), 0); })
BLOCKS(remove, { remove(path("absent")); })
BLOCKS(mkdir, { mkdir(path("d1"), 0700); })
BLOCKS(mkdirat, { mkdirat(AT_FDCWD, path("d2"), 0700); })
BLOCKS(rmdir, { rmdir(path("absent")); })
BLOCKS(mknod, { mknod(path("f1"), S_IFIFO | 0600, 0); })
BLOCKS(mknodat, { mknodat(AT_FDCWD, path("f2"), S_IFIFO | 0600, 0); })
BLOCKS(mkfifo, { mkfifo(path("f3"), 0600); })
BLOCKS(mkfifoat, { mkfifoat(AT_FDCWD, path("f4"), 0600); })
BLOCKS(chmod, { chmod(data(), 0600); })
BLOCKS(fchmod, { fchmod(w.file, 0600); })
BLOCKS(fchmodat, { fchmodat(AT_FDCWD, data(), 0600, 0); })
BLOCKS(chown, { if (chown(data(), uid_t(-1), gid_t(-1))) abort(); })
BLOCKS(fchown, { if (fchown(w.file, uid_t(-1), gid_t(-1))) abort(); })
BLOCKS(lchown, { if (lchown(data(), uid_t(-1), gid_t(-1))) abort(); })
BLOCKS(fchownat, { if (fchownat(AT_FDCWD, data(), uid_t(-1), gid_t(-1), 0)) abort(); })
BLOCKS(utimensat, { utimensat(AT_FDCWD, data(), nullptr, 0); })
BLOCKS(futimens, { futimens(w.file, nullptr); })
BLOCKS(utimes, { utimes(data(), nullptr); })
BLOCKS(readlink, { if (readlink(path("link"), buffer, sizeof buffer) < 0) abort(); })
BLOCKS(readlinkat, { if (readlinkat(AT_FDCWD, path("link"), buffer, sizeof buffer) < 0) abort(); })
BLOCKS(__readlink_chk, { __readlink_chk(path("link"), buffer, 64, sizeof buffer); })
BLOCKS(__readlinkat_chk, { __readlinkat_chk(AT_FDCWD, path("link"), buffer, 64, sizeof buffer); })
SILENT(readlink, { if (readlink("/proc/self/exe", buffer, sizeof buffer) < 0) abort(); })
BLOCKS(realpath, { free(realpath(path("link"), nullptr)); })
BLOCKS(__realpath_chk, { static char out[4096]; __realpath_chk(path("link"), out, sizeof out); })
BLOCKS(canonicalize_file_name, { free(canonicalize_file_name(path("link"))); })
BLOCKS(getcwd, { if (!getcwd(buffer, sizeof buffer)) abort(); })
BLOCKS(__getcwd_chk, { __getcwd_chk(buffer, sizeof buffer, sizeof buffer); })
BLOCKS(chdir, { if (chdir(".")) abort(); })
BLOCKS(fchdir, { int fd = open(".", O_RDONLY); if (fchdir(fd)) abort(); close(fd); })
BLOCKS(mkstemp, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkstemp(t.data())) })
BLOCKS(mkstemp64, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkstemp64(t.data())) })
BLOCKS(mkostemp, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkostemp(t.data(), O_CLOEXEC)) })
BLOCKS(mkostemp64, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkostemp64(t.data(), O_CLOEXEC)) })
BLOCKS(mkdtemp, { std::string t = w.dir + "/dXXXXXX"; if (!mkdtemp(t.data())) abort(); })
BLOCKS(tmpfile, { fclose(tmpfile()); })
BLOCKS(tmpfile64, { fclose(tmpfile64()); })
BLOCKS(tmpnam, { char t[L_tmpnam]; if (!tmpnam(t)) abort(); })
BLOCKS(inotify_add_watch, { int fd = inotify_init1(IN_NONBLOCK); inotify_add_watch(fd, w.dir.c_str(), IN_CREATE); close(fd); })
SILENT(memfd_create, CLOSES(memfd_create("x", 0)))
SILENT(memfd_create, { int fd = memfd_create("x", 0); if (write(fd, "x", 1) != 1) abort(); close(fd); })
SILENT(pread, { int fd = memfd_create("x", 0); pread(fd, buffer, 1, 0); ftruncate(fd, 4096); fsync(fd); close(fd); })
SILENT(mmap, { munmap(mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096); })
BLOCKS(mmap, { munmap(mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0), 4096); })
BLOCKS(mmap64, { munmap(mmap64(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_POPULATE, w.file, 0), 4096); })
SILENT(madvise, { madvise(reinterpret_cast<void *>(0x1000), 4096, MADV_NORMAL); })
BLOCKS(madvise, { madvise(reinterpret_cast<void *>(0x1000), 4096, MADV_PAGEOUT); })
BLOCKS(mlock, { mlock(buffer, 64); })
BLOCKS(pread, { if (pread(w.file, buffer, 64, 0) < 0) abort(); })
BLOCKS(pread64, { if (pread64(w.file, buffer, 64, 0) < 0) abort(); })
BLOCKS(__pread_chk, { __pread_chk(w.file, buffer, 64, 0, sizeof buffer); })
BLOCKS(__pread64_chk, { __pread64_chk(w.file, buffer, 64, 0, sizeof buffer); })
BLOCKS(pwrite, { if (pwrite(w.file, buffer, 64, 0) < 0) abort(); })
BLOCKS(pwrite64, { if (pwrite64(w.file, buffer, 64, 0) < 0) abort(); })
BLOCKS(preadv, { if (preadv(w.file, &vec, 1, 0) < 0) abort(); })
BLOCKS(preadv64, { if (preadv64(w.file, &vec, 1, 0) < 0) abort(); })
BLOCKS(pwritev, { if (pwritev(w.file, &vec, 1, 0) < 0) abort(); })
BLOCKS(pwritev64, { if (pwritev64(w.file, &vec, 1, 0) < 0) abort(); })
BLOCKS(preadv2, { if (preadv2(w.file, &vec, 1, 0, 0) < 0) abort(); })
SILENT(preadv2, { preadv2(w.file, &vec, 1, 0, RWF_NOWAIT); })
BLOCKS(preadv64v2, { if (preadv64v2(w.file, &vec, 1, 0, 0) < 0) abort(); })
BLOCKS(pwritev2, { if (pwritev2(w.file, &vec, 1, 0, 0) < 0) abort(); })
SILENT(pwritev2, { pwritev2(w.file, &vec, 1, 0, RWF_NOWAIT); })
BLOCKS(pwritev64v2, { if (pwritev64v2(w.file, &vec, 1, 0, 0) < 0) abort(); })
BLOCKS(fsync, { fsync(w.file); })
BLOCKS(fdatasync, { fdatasync(w.file); })
BLOCKS(syncfs, { int fd = open("/dev", O_RDONLY); syncfs(fd); close(fd); })
BLOCKS(sync_file_range, { sync_file_range(w.file, 0, 64, SYNC_FILE_RANGE_WRITE); })
BLOCKS(msync, { void *m = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, w.file, 0); msync(m, 4096, MS_SYNC); munmap(m, 4096); })
SILENT(msync, { void *m = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, w.file, 0); msync(m, 4096, MS_ASYNC); munmap(m, 4096); })
BLOCKS(fallocate, { fallocate(w.file, 0, 0, 64); })
BLOCKS(fallocate64, { fallocate64(w.file, 0, 0, 64); })
BLOCKS(posix_fallocate, { posix_fallocate(w.file, 0, 64); })
BLOCKS(posix_fallocate64, { posix_fallocate64(w.file, 0, 64); })
BLOCKS(ftruncate, { if (ftruncate(w.file, 65536)) abort(); })
BLOCKS(ftruncate64, { if (ftruncate64(w.file, 65536)) abort(); })
BLOCKS(truncate, { if (truncate(data(), 65536)) abort(); })
BLOCKS(truncate64, { if (truncate64(data(), 65536)) abort(); })
BLOCKS(copy_file_range, { int fd = open(path("copy"), O_RDWR | O_CREAT, 0600); off64_t at = 0; copy_file_range(w.file, &at, fd, nullptr, 64, 0); close(fd); })
BLOCKS(sendfile, { off_t at = 0; sendfile(w.quiet_socket_a, w.file, &at, 64); })
BLOCKS(sendfile64, { off64_t at = 0; sendfile64(w.quiet_socket_a, w.file, &at, 64); })
BLOCKS(splice, { off64_t at = 0; splice(w.file, &at, w.quiet_pipe_out, nullptr, 64, 0); })
SILENT(splice, { splice(w.quiet_pipe_in, nullptr, w.quiet_socket_a, nullptr, 64, SPLICE_F_NONBLOCK); })
BLOCKS(tee, { tee(w.quiet_pipe_in, w.quiet_pipe_out, 1, 0); })
SILENT(tee, { tee(w.quiet_pipe_in, w.quiet_pipe_out, 1, SPLICE_F_NONBLOCK); })
BLOCKS(vmsplice, { if (vmsplice(w.quiet_pipe_out, &vec, 1, 0) < -1) abort(); })
SILENT(vmsplice, { if (vmsplice(w.quiet_pipe_out, &vec, 1, SPLICE_F_NONBLOCK) < -1) abort(); })
SILENT(lseek, { lseek(w.file, 0, SEEK_SET); })
