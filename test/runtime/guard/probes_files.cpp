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
/// The same call with a path on disk and with one in a kernel file system, which is in memory.
#define PLACES(function, disk, memory, ...)                                                                                      \
  BLOCKS(function, { const char *at = disk; __VA_ARGS__ })                                                                      \
  SILENT(function, { const char *at = memory; __VA_ARGS__ })
/// The same call with the descriptor of a file on disk and with that of a memory file.
#define DESCRIPTORS(function, ...)                                                                                               \
  BLOCKS(function, { int fd = w.file; __VA_ARGS__ })                                                                            \
  SILENT(function, { int fd = w.memory; __VA_ARGS__ })

// Two callers of one function that calls libc from one place, at one stack depth: two findings.
static int opened_by_a_helper() { return open(path("data"), O_RDONLY); }
BLOCKS(open, { close(opened_by_a_helper()); })
BLOCKS(open, { close(opened_by_a_helper()); })
PLACES(open, data(), "/dev/null", CLOSES(open(at, O_RDONLY)))
SILENT(open, CLOSES(open("/proc/self/stat", O_RDONLY)))
PLACES(open64, data(), "/dev/null", CLOSES(open64(at, O_RDONLY)))
PLACES(openat, data(), "/dev/null", CLOSES(openat(AT_FDCWD, at, O_RDONLY)))
PLACES(openat64, data(), "/dev/null", CLOSES(openat64(AT_FDCWD, at, O_RDONLY)))
PLACES(__open_2, data(), "/dev/null", CLOSES(__open_2(at, O_RDONLY)))
PLACES(__open64_2, data(), "/dev/null", CLOSES(__open64_2(at, O_RDONLY)))
PLACES(__openat_2, data(), "/dev/null", CLOSES(__openat_2(AT_FDCWD, at, O_RDONLY)))
PLACES(__openat64_2, data(), "/dev/null", CLOSES(__openat64_2(AT_FDCWD, at, O_RDONLY)))
PLACES(creat, path("made"), "/dev/absent/made", CLOSES(creat(at, 0600)))
PLACES(creat64, path("made"), "/dev/absent/made", CLOSES(creat64(at, 0600)))
SILENT(close, { close(dup(w.quiet_pipe_in)); })
PLACES(stat, data(), "/dev/null", stat(at, &st);)
SILENT(stat, { stat("/proc/self", &st); })
PLACES(stat64, data(), "/dev/null", stat64(at, &st64);)
PLACES(lstat, data(), "/dev/null", lstat(at, &st);)
PLACES(lstat64, data(), "/dev/null", lstat64(at, &st64);)
SILENT(fstat, { fstat(w.file, &st); })
PLACES(fstatat, data(), "/dev/null", fstatat(AT_FDCWD, at, &st, 0);)
PLACES(fstatat64, data(), "/dev/null", fstatat64(AT_FDCWD, at, &st64, 0);)
PLACES(__xstat, data(), "/dev/null", __xstat(1, at, &st);)
PLACES(__xstat64, data(), "/dev/null", __xstat64(1, at, &st64);)
PLACES(__lxstat, data(), "/dev/null", __lxstat(1, at, &st);)
PLACES(__lxstat64, data(), "/dev/null", __lxstat64(1, at, &st64);)
PLACES(__fxstatat, data(), "/dev/null", __fxstatat(1, AT_FDCWD, at, &st, 0);)
PLACES(__fxstatat64, data(), "/dev/null", __fxstatat64(1, AT_FDCWD, at, &st64, 0);)
PLACES(statx, data(), "/dev/null", struct statx x; statx(AT_FDCWD, at, 0, STATX_BASIC_STATS, &x);)
PLACES(access, data(), "/dev/null", if (access(at, R_OK)) abort();)
PLACES(faccessat, data(), "/dev/null", if (faccessat(AT_FDCWD, at, R_OK, 0)) abort();)
PLACES(euidaccess, data(), "/dev/null", if (euidaccess(at, R_OK)) abort();)
PLACES(eaccess, data(), "/dev/null", if (eaccess(at, R_OK)) abort();)
PLACES(statvfs, data(), "/dev/null", struct statvfs v; statvfs(at, &v);)
PLACES(statvfs64, data(), "/dev/null", struct statvfs64 v; statvfs64(at, &v);)
DESCRIPTORS(fstatvfs, struct statvfs v; fstatvfs(fd, &v);)
DESCRIPTORS(fstatvfs64, struct statvfs64 v; fstatvfs64(fd, &v);)
PLACES(statfs, data(), "/dev/null", struct statfs v; statfs(at, &v);)
PLACES(statfs64, data(), "/dev/null", struct statfs64 v; statfs64(at, &v);)
DESCRIPTORS(fstatfs, struct statfs v; fstatfs(fd, &v);)
DESCRIPTORS(fstatfs64, struct statfs64 v; fstatfs64(fd, &v);)
PLACES(opendir, w.dir.c_str(), "/dev/absent", if (DIR *d = opendir(at)) closedir(d);)
BLOCKS(fdopendir, { closedir(fdopendir(open(w.dir.c_str(), O_RDONLY | O_DIRECTORY))); })
SILENT(fdopendir, { if (fdopendir(w.memory)) abort(); })
BLOCKS(readdir, { DIR *d = opendir(w.dir.c_str()); readdir(d); closedir(d); })
BLOCKS(readdir64, { DIR *d = opendir(w.dir.c_str()); readdir64(d); closedir(d); })
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
BLOCKS(readdir_r, { DIR *d = opendir(w.dir.c_str()); dirent e, *r; readdir_r(d, &e, &r); closedir(d); })
BLOCKS(readdir64_r, { DIR *d = opendir(w.dir.c_str()); dirent64 e, *r; readdir64_r(d, &e, &r); closedir(d); })
BLOCKS(closedir, { closedir(opendir(w.dir.c_str())); })
PLACES(scandir, w.dir.c_str(), "/dev/absent", dirent **list = nullptr; int n = scandir(at, &list, nullptr, alphasort); while (n-- > 0) free(list[n]); free(list);)
PLACES(scandir64, w.dir.c_str(), "/dev/absent", dirent64 **list = nullptr; int n = scandir64(at, &list, nullptr, alphasort64); while (n-- > 0) free(list[n]); free(list);)
PLACES(ftw, w.dir.c_str(), "/dev/absent", ftw(at, visit, 4);)
PLACES(ftw64, w.dir.c_str(), "/dev/absent", ftw64(at, visit64, 4);)
PLACES(nftw, w.dir.c_str(), "/dev/absent", nftw(at, walk, 4, 0);)
PLACES(nftw64, w.dir.c_str(), "/dev/absent", nftw64(at, walk64, 4, 0);)
PLACES(glob, path("*"), "/dev/absent/*", glob_t g; if (glob(at, 0, nullptr, &g) == 0) globfree(&g);)
PLACES(glob64, path("*"), "/dev/absent/*", glob64_t g; if (glob64(at, 0, nullptr, &g) == 0) globfree64(&g);)
PLACES(wordexp, path("*"), "/dev/absent/*", wordexp_t x; if (wordexp(at, &x, WRDE_NOCMD) == 0) wordfree(&x);)
BLOCKS(fts_read, { char *dirs[] = {w.dir.data(), nullptr}; FTS *f = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, nullptr); fts_read(f); fts_close(f); })
BLOCKS(fts_children, { char *dirs[] = {w.dir.data(), nullptr}; FTS *f = fts_open(dirs, FTS_PHYSICAL | FTS_NOCHDIR, nullptr); fts_children(f, 0); fts_close(f); })
PLACES(rename, path("absent"), "/dev/absent/absent", rename(at, path("b"));)
PLACES(renameat, path("absent"), "/dev/absent/absent", renameat(AT_FDCWD, at, AT_FDCWD, path("b"));)
PLACES(renameat2, path("absent"), "/dev/absent/absent", renameat2(AT_FDCWD, at, AT_FDCWD, path("b"), 0);)
PLACES(link, path("absent"), "/dev/absent/absent", if (link(at, path("b")) == 0) abort();)
PLACES(linkat, path("absent"), "/dev/absent/absent", if (linkat(AT_FDCWD, at, AT_FDCWD, path("b"), 0) == 0) abort();)
PLACES(symlink, path("link"), "/dev/absent/link", if (symlink("x", at) == 0) abort();)
// what a link says is no file that is looked at
BLOCKS(symlink, { if (symlink("/dev/null", path("link")) == 0) abort(); })
PLACES(symlinkat, path("link"), "/dev/absent/link", if (symlinkat("x", AT_FDCWD, at) == 0) abort();)
PLACES(unlink, path("absent"), "/dev/absent/absent", unlink(at);)
PLACES(unlinkat, path("absent"), "/dev/absent/absent", unlinkat(AT_FDCWD, at, 0);)
PLACES(remove, path("absent"), "/dev/absent/absent", remove(at);)
PLACES(mkdir, path("d1"), "/dev/absent/d1", mkdir(at, 0700);)
PLACES(mkdirat, path("d2"), "/dev/absent/d2", mkdirat(AT_FDCWD, at, 0700);)
PLACES(rmdir, path("absent"), "/dev/absent/absent", rmdir(at);)
PLACES(mknod, path("f1"), "/dev/absent/f1", mknod(at, S_IFIFO | 0600, 0);)
PLACES(mknodat, path("f2"), "/dev/absent/f2", mknodat(AT_FDCWD, at, S_IFIFO | 0600, 0);)
PLACES(mkfifo, path("f3"), "/dev/absent/f3", mkfifo(at, 0600);)
PLACES(mkfifoat, path("f4"), "/dev/absent/f4", mkfifoat(AT_FDCWD, at, 0600);)
PLACES(chmod, data(), "/proc/self/absent", chmod(at, 0600);)
DESCRIPTORS(fchmod, fchmod(fd, 0600);)
PLACES(fchmodat, data(), "/proc/self/absent", fchmodat(AT_FDCWD, at, 0600, 0);)
PLACES(chown, data(), "/proc/self/absent", (void)!chown(at, uid_t(-1), gid_t(-1));)
DESCRIPTORS(fchown, if (fchown(fd, uid_t(-1), gid_t(-1))) abort();)
PLACES(lchown, data(), "/proc/self/absent", (void)!lchown(at, uid_t(-1), gid_t(-1));)
PLACES(fchownat, data(), "/proc/self/absent", (void)!fchownat(AT_FDCWD, at, uid_t(-1), gid_t(-1), 0);)
PLACES(utimensat, data(), "/proc/self/absent", utimensat(AT_FDCWD, at, nullptr, 0);)
DESCRIPTORS(futimens, futimens(fd, nullptr);)
PLACES(utimes, data(), "/proc/self/absent", utimes(at, nullptr);)
PLACES(readlink, path("link"), "/dev/absent/link", (void)!readlink(at, buffer, sizeof buffer);)
PLACES(readlinkat, path("link"), "/dev/absent/link", (void)!readlinkat(AT_FDCWD, at, buffer, sizeof buffer);)
PLACES(__readlink_chk, path("link"), "/dev/absent/link", __readlink_chk(at, buffer, 64, sizeof buffer);)
PLACES(__readlinkat_chk, path("link"), "/dev/absent/link", __readlinkat_chk(AT_FDCWD, at, buffer, 64, sizeof buffer);)
SILENT(readlink, { if (readlink("/proc/self/exe", buffer, sizeof buffer) < 0) abort(); })
PLACES(realpath, path("link"), "/dev/absent/link", free(realpath(at, nullptr));)
PLACES(__realpath_chk, path("link"), "/dev/absent/link", static char out[4096]; __realpath_chk(at, out, sizeof out);)
PLACES(canonicalize_file_name, path("link"), "/dev/absent/link", free(canonicalize_file_name(at));)
BLOCKS(getcwd, { if (!getcwd(buffer, sizeof buffer)) abort(); })
BLOCKS(__getcwd_chk, { __getcwd_chk(buffer, sizeof buffer, sizeof buffer); })
PLACES(chdir, ".", "/dev/absent", (void)!chdir(at);)
BLOCKS(fchdir, { int fd = open(".", O_RDONLY); if (fchdir(fd)) abort(); close(fd); })
SILENT(fchdir, { if (fchdir(w.memory) == 0) abort(); })
BLOCKS(mkstemp, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkstemp(t.data())) })
BLOCKS(mkstemp64, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkstemp64(t.data())) })
BLOCKS(mkostemp, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkostemp(t.data(), O_CLOEXEC)) })
BLOCKS(mkostemp64, { std::string t = w.dir + "/mXXXXXX"; CLOSES(mkostemp64(t.data(), O_CLOEXEC)) })
BLOCKS(mkdtemp, { std::string t = w.dir + "/dXXXXXX"; if (!mkdtemp(t.data())) abort(); })
BLOCKS(tmpfile, { fclose(tmpfile()); })
BLOCKS(tmpfile64, { fclose(tmpfile64()); })
BLOCKS(tmpnam, { char t[L_tmpnam]; if (!tmpnam(t)) abort(); })
PLACES(inotify_add_watch, w.dir.c_str(), "/dev/absent", int fd = inotify_init1(IN_NONBLOCK); inotify_add_watch(fd, at, IN_CREATE); close(fd);)
SILENT(memfd_create, CLOSES(memfd_create("x", 0)))
SILENT(memfd_create, { int fd = memfd_create("x", 0); if (write(fd, "x", 1) != 1) abort(); close(fd); })
SILENT(pread, { int fd = memfd_create("x", 0); pread(fd, buffer, 1, 0); ftruncate(fd, 4096); fsync(fd); close(fd); })
SILENT(mmap, { munmap(mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096); })
BLOCKS(mmap, { munmap(mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0), 4096); })
BLOCKS(mmap64, { munmap(mmap64(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_POPULATE, w.file, 0), 4096); })
SILENT(mmap64, { munmap(mmap64(nullptr, 4096, PROT_READ, MAP_PRIVATE, w.file, 0), 4096); })
SILENT(madvise, { madvise(reinterpret_cast<void *>(0x1000), 4096, MADV_NORMAL); })
BLOCKS(madvise, { madvise(reinterpret_cast<void *>(0x1000), 4096, MADV_PAGEOUT); })
BLOCKS(mlock, { mlock(buffer, 64); })
DESCRIPTORS(pread, if (pread(fd, buffer, 64, 0) < 0) abort();)
DESCRIPTORS(pread64, if (pread64(fd, buffer, 64, 0) < 0) abort();)
DESCRIPTORS(__pread_chk, __pread_chk(fd, buffer, 64, 0, sizeof buffer);)
DESCRIPTORS(__pread64_chk, __pread64_chk(fd, buffer, 64, 0, sizeof buffer);)
DESCRIPTORS(pwrite, if (pwrite(fd, buffer, 64, 0) < 0) abort();)
DESCRIPTORS(pwrite64, if (pwrite64(fd, buffer, 64, 0) < 0) abort();)
DESCRIPTORS(preadv, if (preadv(fd, &vec, 1, 0) < 0) abort();)
DESCRIPTORS(preadv64, if (preadv64(fd, &vec, 1, 0) < 0) abort();)
DESCRIPTORS(pwritev, if (pwritev(fd, &vec, 1, 0) < 0) abort();)
DESCRIPTORS(pwritev64, if (pwritev64(fd, &vec, 1, 0) < 0) abort();)
BLOCKS(preadv2, { if (preadv2(w.file, &vec, 1, 0, 0) < 0) abort(); })
SILENT(preadv2, { preadv2(w.file, &vec, 1, 0, RWF_NOWAIT); })
BLOCKS(preadv64v2, { if (preadv64v2(w.file, &vec, 1, 0, 0) < 0) abort(); })
SILENT(preadv64v2, { preadv64v2(w.file, &vec, 1, 0, RWF_NOWAIT); })
BLOCKS(pwritev2, { if (pwritev2(w.file, &vec, 1, 0, 0) < 0) abort(); })
SILENT(pwritev2, { pwritev2(w.file, &vec, 1, 0, RWF_NOWAIT); })
BLOCKS(pwritev64v2, { if (pwritev64v2(w.file, &vec, 1, 0, 0) < 0) abort(); })
SILENT(pwritev64v2, { pwritev64v2(w.file, &vec, 1, 0, RWF_NOWAIT); })
DESCRIPTORS(fsync, fsync(fd);)
DESCRIPTORS(fdatasync, fdatasync(fd);)
BLOCKS(syncfs, { int fd = open("/dev", O_RDONLY); syncfs(fd); close(fd); })
SILENT(syncfs, { syncfs(w.memory); })
DESCRIPTORS(sync_file_range, sync_file_range(fd, 0, 64, SYNC_FILE_RANGE_WRITE);)
BLOCKS(msync, { void *m = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, w.file, 0); msync(m, 4096, MS_SYNC); munmap(m, 4096); })
SILENT(msync, { void *m = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, w.file, 0); msync(m, 4096, MS_ASYNC); munmap(m, 4096); })
DESCRIPTORS(fallocate, fallocate(fd, 0, 0, 64);)
DESCRIPTORS(fallocate64, fallocate64(fd, 0, 0, 64);)
DESCRIPTORS(posix_fallocate, posix_fallocate(fd, 0, 64);)
DESCRIPTORS(posix_fallocate64, posix_fallocate64(fd, 0, 64);)
DESCRIPTORS(ftruncate, if (ftruncate(fd, 65536)) abort();)
DESCRIPTORS(ftruncate64, if (ftruncate64(fd, 65536)) abort();)
PLACES(truncate, data(), "/proc/self/absent", (void)!truncate(at, 65536);)
PLACES(truncate64, data(), "/proc/self/absent", (void)!truncate64(at, 65536);)
BLOCKS(copy_file_range, { int fd = open(path("copy"), O_RDWR | O_CREAT, 0600); off64_t at = 0; copy_file_range(w.file, &at, fd, nullptr, 64, 0); close(fd); })
SILENT(copy_file_range, { off64_t in = 0, out = 0; copy_file_range(w.memory, &in, w.memory, &out, 1, 0); })
BLOCKS(sendfile, { off_t at = 0; sendfile(w.quiet_socket_a, w.file, &at, 64); })
BLOCKS(sendfile64, { off64_t at = 0; sendfile64(w.quiet_socket_a, w.file, &at, 64); })
SILENT(sendfile, { off_t at = 0; sendfile(w.memory, w.quiet_pipe_in, &at, 1); })
SILENT(sendfile64, { off64_t at = 0; sendfile64(w.memory, w.quiet_pipe_in, &at, 1); })
BLOCKS(splice, { off64_t at = 0; splice(w.file, &at, w.quiet_pipe_out, nullptr, 64, 0); })
SILENT(splice, { splice(w.quiet_pipe_in, nullptr, w.quiet_socket_a, nullptr, 64, SPLICE_F_NONBLOCK); })
BLOCKS(tee, { tee(w.quiet_pipe_in, w.quiet_pipe_out, 1, 0); })
SILENT(tee, { tee(w.quiet_pipe_in, w.quiet_pipe_out, 1, SPLICE_F_NONBLOCK); })
BLOCKS(vmsplice, { if (vmsplice(w.quiet_pipe_out, &vec, 1, 0) < -1) abort(); })
SILENT(vmsplice, { if (vmsplice(w.quiet_pipe_out, &vec, 1, SPLICE_F_NONBLOCK) < -1) abort(); })
SILENT(lseek, { lseek(w.file, 0, SEEK_SET); })
