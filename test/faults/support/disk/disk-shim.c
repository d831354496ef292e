/* Stands between a process and its disk, preloaded (LD_PRELOAD). For the files of one folder it writes down every
 * change and every sync that was carried out, in order, and it can make the next ones fail. It changes nothing else.
 *
 *   DISK_SHIM_FOLDER   the folder, as its real path
 *   DISK_SHIM_LOG      the log that records are appended to; disk-log.ts reads it
 *   DISK_SHIM_CONTROL  a file of struct control that tells what is to fail; disk-control.ts writes it
 *
 * Shared-memory files (-shm) are left out: SQLite builds them anew. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OP_CREATE = 1, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_SYNC_FOLDER, OP_UNLINK, OP_RENAME, OP_FAILED, OP_CLOSE };

struct header {
  uint32_t op;
  uint32_t name_length;
  uint32_t data_length;
  uint32_t fd;
  uint64_t inode;
  uint64_t offset; /* of a write; the size of a truncation; of a failure the operation that failed */
};

enum { FAIL_WRITE = 1, FAIL_SYNC = 2, FAIL_TRUNCATE = 4, FAIL_CREATE = 8, FAIL_UNLINK = 16 };
enum { ANY_FILE, DATABASE, LOG };

struct control {
  int32_t operations; /* FAIL_ bits; 0: nothing fails */
  int32_t file;       /* which files */
  int32_t countdown;  /* so many matching operations still succeed */
  int32_t error;      /* the errno */
  int32_t lasting;    /* 1: every later one fails too, 0: one */
  int32_t half;       /* 1: half of a failing write arrives first */
  int32_t failed;     /* counts what failed */
};

static char folder[PATH_MAX];
static size_t folder_length;
static int log_fd = -1;
static struct control *control;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open64)(const char *, int, ...);
static int (*real_open)(const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static int (*real_ftruncate64)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_close)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

__attribute__((constructor)) static void begin(void) {
  real_open64 = dlsym(RTLD_NEXT, "open64");
  real_open = dlsym(RTLD_NEXT, "open");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_ftruncate64 = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_close = dlsym(RTLD_NEXT, "close");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rename = dlsym(RTLD_NEXT, "rename");
  const char *wanted = getenv("DISK_SHIM_FOLDER");
  const char *log = getenv("DISK_SHIM_LOG");
  const char *orders = getenv("DISK_SHIM_CONTROL");
  if (wanted == NULL || strlen(wanted) >= sizeof folder) return;
  strcpy(folder, wanted);
  folder_length = strlen(folder);
  if (log != NULL) log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (orders != NULL) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, orders, O_RDWR | O_CLOEXEC, 0);
    void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) control = at;
    if (fd >= 0) syscall(SYS_close, fd);
  }
}

static void append(const void *data, size_t length, uint64_t offset, uint32_t op, int fd, uint64_t inode,
                   const char *name) {
  if (log_fd < 0) return;
  struct header header = {op, (uint32_t)strlen(name), (uint32_t)length, (uint32_t)fd, inode, offset};
  struct iovec parts[] = {{&header, sizeof header}, {(void *)name, header.name_length}, {(void *)data, length}};
  ssize_t all = (ssize_t)(sizeof header + header.name_length + length);
  /* Half a record would be a lie: the harness notices that the process died here. */
  if (syscall(SYS_writev, log_fd, parts, 3) != all) abort();
}

/* The name within the folder, "" for the folder itself, NULL for everything else and for shared memory. */
static const char *named(const char *path) {
  if (folder_length == 0 || strncmp(path, folder, folder_length) != 0) return NULL;
  if (path[folder_length] == '\0') return "";
  const char *name = path + folder_length + 1;
  size_t length = strlen(name);
  if (path[folder_length] != '/' || strchr(name, '/') != NULL) return NULL;
  return length >= 4 && strcmp(name + length - 4, "-shm") == 0 ? NULL : name;
}

static const char *named_fd(int fd, char path[PATH_MAX + 16]) {
  char link[32];
  if (folder_length == 0) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX + 15);
  if (length <= 0) return NULL;
  path[length] = '\0';
  char *deleted = strstr(path, " (deleted)");
  if (deleted != NULL) *deleted = '\0';
  return named(path);
}

static uint64_t inode_of(int fd) {
  struct stat about;
  return fstat(fd, &about) == 0 ? (uint64_t)about.st_ino : 0;
}

static int is_log(const char *name) {
  size_t length = strlen(name);
  return length >= 4 && strcmp(name + length - 4, "-wal") == 0;
}

static int is_database(const char *name) {
  size_t length = strlen(name);
  return length >= 3 && strcmp(name + length - 3, ".db") == 0;
}

/* Whether this operation is to fail; sets errno. Called with `order` held. */
static int to_fail(int operation, const char *name) {
  if (control == NULL || (control->operations & operation) == 0) return 0;
  if (control->file == DATABASE && !is_database(name)) return 0;
  if (control->file == LOG && !is_log(name)) return 0;
  if (control->countdown > 0) {
    control->countdown -= 1;
    return 0;
  }
  errno = control->error;
  control->failed += 1;
  if (!control->lasting) control->operations = 0;
  return 1;
}

static int failed(int operation, int fd, const char *name) {
  int error = errno;
  append(NULL, 0, (uint64_t)operation, OP_FAILED, fd, fd < 0 ? 0 : inode_of(fd), name);
  errno = error;
  return -1;
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  const char *name = named(path);
  if (name == NULL || *name == '\0' || (flags & (O_CREAT | O_TRUNC)) == 0) return real(path, flags, mode);
  struct stat about;
  pthread_mutex_lock(&order);
  int is_new = stat(path, &about) != 0;
  int fd = is_new && to_fail(FAIL_CREATE, name) ? failed(FAIL_CREATE, -1, name) : real(path, flags, mode);
  if (fd >= 0 && is_new) append(NULL, 0, 0, OP_CREATE, fd, inode_of(fd), name);
  if (fd >= 0 && !is_new && (flags & O_TRUNC) != 0) append(NULL, 0, 0, OP_TRUNCATE, fd, inode_of(fd), name);
  pthread_mutex_unlock(&order);
  return fd;
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return opened(real_open64, path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return opened(real_open, path, flags, mode);
}

static ssize_t put(int fd, const char *name, const void *data, size_t length, off64_t offset) {
  ssize_t done = real_pwrite64(fd, data, length, offset);
  if (done > 0) append(data, (size_t)done, (uint64_t)offset, OP_WRITE, fd, inode_of(fd), name);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  char path[PATH_MAX + 16];
  const char *name = named_fd(fd, path);
  if (name == NULL) return real_pwrite64(fd, data, length, offset);
  pthread_mutex_lock(&order);
  int half = control != NULL && control->half && length > 1;
  ssize_t done;
  if (!to_fail(FAIL_WRITE, name)) done = put(fd, name, data, length, offset);
  else if (half) done = put(fd, name, data, length / 2, offset);
  else done = failed(FAIL_WRITE, fd, name);
  pthread_mutex_unlock(&order);
  return done;
}

/* Node appends and SQLite's rollback journal may write at the current offset. */
ssize_t write(int fd, const void *data, size_t length) {
  char path[PATH_MAX + 16];
  const char *name = named_fd(fd, path);
  if (name == NULL) return real_write(fd, data, length);
  pthread_mutex_lock(&order);
  ssize_t done;
  if (to_fail(FAIL_WRITE, name)) {
    done = failed(FAIL_WRITE, fd, name);
  } else {
    struct stat about;
    int at_end = (fcntl(fd, F_GETFL) & O_APPEND) != 0 && fstat(fd, &about) == 0;
    off64_t offset = at_end ? about.st_size : lseek64(fd, 0, SEEK_CUR);
    done = real_write(fd, data, length);
    if (done > 0) append(data, (size_t)done, (uint64_t)offset, OP_WRITE, fd, inode_of(fd), name);
  }
  pthread_mutex_unlock(&order);
  return done;
}

int ftruncate64(int fd, off64_t size) {
  char path[PATH_MAX + 16];
  const char *name = named_fd(fd, path);
  if (name == NULL) return real_ftruncate64(fd, size);
  pthread_mutex_lock(&order);
  int result = to_fail(FAIL_TRUNCATE, name) ? failed(FAIL_TRUNCATE, fd, name) : real_ftruncate64(fd, size);
  if (result == 0) append(NULL, 0, (uint64_t)size, OP_TRUNCATE, fd, inode_of(fd), name);
  pthread_mutex_unlock(&order);
  return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int (*real)(int), int fd) {
  char path[PATH_MAX + 16];
  const char *name = named_fd(fd, path);
  if (name == NULL) return real(fd);
  pthread_mutex_lock(&order);
  int result = to_fail(FAIL_SYNC, name) ? failed(FAIL_SYNC, fd, name) : real(fd);
  if (result == 0) append(NULL, 0, 0, *name == '\0' ? OP_SYNC_FOLDER : OP_SYNC, fd, inode_of(fd), name);
  pthread_mutex_unlock(&order);
  return result;
}

int fsync(int fd) { return synced(real_fsync, fd); }

int fdatasync(int fd) { return synced(real_fdatasync, fd); }

int close(int fd) {
  char path[PATH_MAX + 16];
  const char *name = named_fd(fd, path);
  if (name == NULL || *name == '\0') return real_close(fd);
  pthread_mutex_lock(&order);
  append(NULL, 0, 0, OP_CLOSE, fd, inode_of(fd), name);
  int result = real_close(fd);
  pthread_mutex_unlock(&order);
  return result;
}

int unlink(const char *path) {
  const char *name = named(path);
  if (name == NULL) return real_unlink(path);
  pthread_mutex_lock(&order);
  int result = to_fail(FAIL_UNLINK, name) ? failed(FAIL_UNLINK, -1, name) : real_unlink(path);
  if (result == 0) append(NULL, 0, 0, OP_UNLINK, -1, 0, name);
  pthread_mutex_unlock(&order);
  return result;
}

int rename(const char *from, const char *to) {
  const char *name = named(from);
  const char *target = named(to);
  if (name == NULL || target == NULL) return real_rename(from, to);
  pthread_mutex_lock(&order);
  int result = real_rename(from, to);
  if (result == 0) append(target, strlen(target), 0, OP_RENAME, -1, 0, name);
  pthread_mutex_unlock(&order);
  return result;
}
