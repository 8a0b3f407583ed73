/*
 * Preloaded into the kernel process (LD_PRELOAD), it replaces the few things of the C library through which
 * the outside would get in:
 *
 *   - getrandom() answers from a generator seeded by DST_SEED, so that the guest's entropy is a function of it;
 *   - the paths below /dst, which the guest mounts by hostfs, are served from here. There is one file,
 *     /dst/link: what the guest writes to it leaves by the standard output at fsync, and what it reads from
 *     it is the next message of the standard input. The read blocks the whole kernel process, so simulated
 *     time stands still while the host thinks;
 *   - nobody tells the kernel process that one of the guest's processes was stopped or continued from outside;
 *   - the kernel process ends when the host does, whatever the guest is doing;
 *   - the kernel process and those of the guest stay on one processor, if there is one that no other machine has.
 *
 * Everything here is called by one thread, the kernel's, but the watcher.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define ROOT "/dst"
#define LINK_NAME "/link"
#define PAGE 4096u
#define MESSAGE_MAX (16u << 20)
#define EXIT_HOST_GONE 75
#define EXIT_SHIM 76

/* Static, and so not of the C library's heap, whose place in the process is the kernel's business. */
static unsigned char incoming[4 + MESSAGE_MAX];
static unsigned char outgoing[4 + MESSAGE_MAX];
static size_t incoming_length;
static size_t outgoing_length;

static int from_host = -1;
static int to_host = -1;
static int link_fd = -1; /* there is one, for the one open file */
static int link_open;

static void __attribute__((noreturn)) give_up(const char *why)
{
	dprintf(2, "shim: %s: %s\n", why, strerror(errno));
	_exit(EXIT_SHIM);
}

/* ---- randomness ---- */

static uint64_t random_state;

/* SplitMix64. */
static uint64_t next_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

ssize_t getrandom(void *buffer, size_t length, unsigned int flags)
{
	unsigned char *bytes = buffer;

	(void)flags;
	for (size_t done = 0; done < length; done += 8) {
		uint64_t value = next_random();
		size_t left = length - done;

		memcpy(bytes + done, &value, left < 8 ? left : 8);
	}
	return (ssize_t)length;
}

/* ---- signals ---- */

int __sigaction(int number, const struct sigaction *action, struct sigaction *before);

/*
 * Whoever stops a machine, by Ctrl-Z or a signal to its group, stops the guest's processes one by one. The kernel would
 * take an interrupt for each, at a moment that the host has chosen, and schedule afterwards. When one dies it is told as ever.
 */
int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
	struct sigaction deaf;

	if (number == SIGCHLD && action != NULL) {
		deaf = *action;
		deaf.sa_flags |= SA_NOCLDSTOP;
		action = &deaf;
	}
	return __sigaction(number, action, before);
}

/* ---- the host's pipes ---- */

/* An end of file, or a reader that is gone: without a host there is nothing left to do. */
static void __attribute__((noreturn)) host_gone(void)
{
	_exit(EXIT_HOST_GONE);
}

static void read_fully(unsigned char *to, size_t length)
{
	while (length > 0) {
		ssize_t n = read(from_host, to, length);

		if (n == 0)
			host_gone();
		if (n < 0) {
			if (errno == EINTR)
				continue;
			give_up("reading from the host");
		}
		to += n;
		length -= (size_t)n;
	}
}

static void write_fully(const unsigned char *from, size_t length)
{
	while (length > 0) {
		ssize_t n = write(to_host, from, length);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			if (errno == EPIPE)
				host_gone();
			give_up("writing to the host");
		}
		from += n;
		length -= (size_t)n;
	}
}

static uint32_t length_prefix(const unsigned char *message)
{
	uint32_t length;

	memcpy(&length, message, sizeof(length));
	return length;
}

static void receive(void)
{
	read_fully(incoming, 4);
	if (length_prefix(incoming) > MESSAGE_MAX) {
		errno = EMSGSIZE;
		give_up("the host's message");
	}
	read_fully(incoming + 4, length_prefix(incoming));
	incoming_length = 4 + length_prefix(incoming);
}

static void send_gathered(void)
{
	if (outgoing_length < 4 || outgoing_length < 4 + (size_t)length_prefix(outgoing)) {
		errno = EBADMSG;
		give_up("the guest's message");
	}
	write_fully(outgoing, 4 + (size_t)length_prefix(outgoing));
	outgoing_length = 0;
}

/*
 * Waits for nothing but the hang-up, which would otherwise go unnoticed while the guest computes. It is a thread,
 * and not a parent-death signal, because that is bound to the parent's thread, and Java's come and go.
 */
static void *watch(void *unused)
{
	(void)unused;
	for (;;) {
		struct pollfd pipe = {.fd = from_host};

		if (poll(&pipe, 1, -1) > 0 && pipe.revents & (POLLHUP | POLLERR)) {
			/* What the host sent before it closed is lost with it: it could not read the answer. */
			host_gone();
		}
	}
}

static void start_watcher(void)
{
	pthread_t thread;
	pthread_attr_t attributes;
	sigset_t all, before;

	/* The kernel's signals are for the kernel's thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	errno = pthread_create(&thread, &attributes, watch, NULL);
	if (errno != 0)
		give_up("starting the watcher");
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int move_up(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 200);

	if (high < 0)
		give_up("taking over the standard input and output");
	return high;
}

static void take_pipes(void)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	from_host = move_up(0);
	to_host = move_up(1);
	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(2, 1) < 0)
		give_up("replacing the standard input and output");
	/* A number that nothing else has, for the file that the guest will open. */
	link_fd = move_up(nothing);
	close(nothing);
}

/*
 * Kernel and guest hand over to each other at every system call. Only one of them runs at any time, so on two
 * processors they would do nothing but wake each other up, which costs more than most calls. An abstract address is
 * the lock of a processor: it is free again when its holder has ended, however that was. What the guest does, does not
 * depend on it.
 */
static void stay_on_one_processor(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	cpu_set_t allowed, own;
	int lock, held, first = sched_getcpu();

	/* One: also after the kernel has executed itself once more, with the lock. */
	if (first < 0 || sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) == 1)
		return;
	lock = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (lock < 0)
		return;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		int processor = (first + i) % CPU_SETSIZE;
		int length;

		if (!CPU_ISSET(processor, &allowed))
			continue;
		length = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "etcd-robustness/processor/%d", processor);
		if (bind(lock, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length)) == 0) {
			CPU_ZERO(&own);
			CPU_SET(processor, &own);
			/* Away from the numbers that the kernel's own files have. */
			held = fcntl(lock, F_DUPFD, 210);
			if (held >= 0 && sched_setaffinity(0, sizeof(own), &own) != 0)
				close(held); /* it moves about, then */
			break;
		}
	}
	close(lock);
}

static void __attribute__((constructor)) start(void)
{
	const char *seed = getenv("DST_SEED");

	random_state = seed ? strtoull(seed, NULL, 10) : 0;
	take_pipes();
	stay_on_one_processor();
	start_watcher();
}

/*
 * The kernel executes itself once more to be rid of address space randomization. The next image gets the pipes
 * where it expects them, and only that part of the environment which the kernel looks at: the first thing that
 * the kernel does with its environment is to derive the size of the guest's address space from where it ends.
 */
int execve(const char *path, char *const argv[], char *const envp[])
{
	static const char *const kept[] = {"DST_SEED=", "LD_PRELOAD=", "HOME=", "TMPDIR=", NULL};
	char *environment[8];
	int count = 0;

	for (int k = 0; kept[k] != NULL; k++)
		for (int e = 0; envp[e] != NULL; e++)
			if (strncmp(envp[e], kept[k], strlen(kept[k])) == 0) {
				environment[count++] = envp[e];
				break;
			}
	environment[count] = NULL;
	if (dup2(from_host, 0) < 0 || dup2(to_host, 1) < 0)
		give_up("handing on the standard input and output");
	syscall(SYS_execve, path, argv, environment);
	give_up(path);
}

/* ---- the files below /dst ---- */

/* hostfs puts a slash before the name that it is mounted with, and one before that of the file. */
static const char *below_root(const char *path)
{
	while (path[0] == '/' && path[1] == '/')
		path++;
	if (strncmp(path, ROOT, strlen(ROOT)) != 0)
		return NULL;
	path += strlen(ROOT);
	return *path == '\0' || *path == '/' ? path : NULL;
}

static int is_root(const char *below)
{
	return below[strspn(below, "/")] == '\0';
}

static int is_link(const char *below)
{
	return strcmp(below, LINK_NAME) == 0;
}

static void describe(const char *below, struct statx *status)
{
	memset(status, 0, sizeof(*status));
	status->stx_mask = STATX_BASIC_STATS;
	status->stx_blksize = PAGE;
	status->stx_dev_minor = 1;
	if (is_root(below)) {
		status->stx_mode = S_IFDIR | 0700;
		status->stx_ino = 1;
		status->stx_nlink = 2;
	} else {
		status->stx_mode = S_IFREG | 0600;
		status->stx_ino = 2;
		status->stx_nlink = 1;
		/* The guest's kernel asks for nothing beyond the end, so the end is behind every message. */
		status->stx_size = sizeof(incoming);
		status->stx_blocks = sizeof(incoming) / 512;
	}
}

int statx(int dirfd, const char *restrict path, int flags, unsigned int mask, struct statx *restrict status)
{
	const char *below = dirfd >= 0 && dirfd == link_fd ? LINK_NAME : below_root(path);

	if (below == NULL)
		return (int)syscall(SYS_statx, dirfd, path, flags, mask, status);
	if (!is_root(below) && !is_link(below)) {
		errno = ENOENT;
		return -1;
	}
	describe(below, status);
	return 0;
}

int access(const char *path, int mode)
{
	const char *below = below_root(path);

	if (below == NULL)
		return (int)syscall(SYS_access, path, mode);
	if (is_root(below) || is_link(below))
		return 0;
	errno = ENOENT;
	return -1;
}

int open64(const char *path, int flags, ...)
{
	const char *below = below_root(path);

	if (below == NULL) {
		mode_t mode = 0;

		if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
			va_list rest;

			va_start(rest, flags);
			mode = va_arg(rest, mode_t);
			va_end(rest);
		}
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	}
	if (!is_link(below)) {
		errno = EACCES;
		return -1;
	}
	if (link_open) {
		errno = EBUSY;
		return -1;
	}
	link_open = 1;
	return link_fd;
}

ssize_t pread64(int fd, void *buffer, size_t length, off64_t offset)
{
	size_t start = (size_t)offset;

	if (fd != link_fd)
		return syscall(SYS_pread64, fd, buffer, length, offset);
	if (start == 0)
		receive();
	if (start >= incoming_length)
		return 0;
	if (length > incoming_length - start)
		length = incoming_length - start;
	memcpy(buffer, incoming + start, length);
	return (ssize_t)length;
}

ssize_t pwrite64(int fd, const void *buffer, size_t length, off64_t offset)
{
	size_t start = (size_t)offset;

	if (fd != link_fd)
		return syscall(SYS_pwrite64, fd, buffer, length, offset);
	if (start > sizeof(outgoing) || length > sizeof(outgoing) - start) {
		errno = EFBIG;
		return -1;
	}
	memcpy(outgoing + start, buffer, length);
	if (outgoing_length < start + length)
		outgoing_length = start + length;
	return (ssize_t)length;
}

int fsync(int fd)
{
	if (fd != link_fd)
		return (int)syscall(SYS_fsync, fd);
	send_gathered();
	return 0;
}

int fdatasync(int fd)
{
	if (fd != link_fd)
		return (int)syscall(SYS_fdatasync, fd);
	send_gathered();
	return 0;
}
