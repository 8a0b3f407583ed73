#define _GNU_SOURCE
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static pid_t running[MEMBERS_MAX];
static int children_fd;
static int own_time_fd = -1;

void processes_start(void)
{
	/* Stopping and continuing are the host's own doing; it need not be told. */
	struct sigaction ends_only = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	sigset_t children;

	sigaction(SIGCHLD, &ends_only, NULL);
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	children_fd = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
	if (children_fd < 0)
		fatal("signalfd: %s", strerror(errno));
	poll_add(children_fd, EPOLLIN, SOURCE_CHILDREN, 0);
	own_time_fd = open("/proc/self/ns/time", O_RDONLY | O_CLOEXEC); /* fails where there are none */
}

bool process_runs(int member)
{
	return running[member] != 0;
}

bool process_any(void)
{
	for (int member = 0; member < MEMBERS_MAX; member++)
		if (running[member] != 0)
			return true;
	return false;
}

/*
 * The children of this process get a clock of their own from here on, ahead or behind by so many ns. The clock
 * may not be before the machine's start: ERANGE.
 */
static int shift_clock(int64_t offset)
{
	int64_t seconds = offset / 1000000000, nanoseconds = offset % 1000000000;
	char offsets[128];
	int fd, length, error = 0;

	if (nanoseconds < 0) {
		nanoseconds += 1000000000;
		seconds--;
	}
	if (own_time_fd < 0)
		return ENOTSUP;
	if (unshare(CLONE_NEWTIME) != 0)
		return errno;
	length = snprintf(offsets, sizeof(offsets), "monotonic %lld %lld\nboottime %lld %lld\n", (long long)seconds,
			  (long long)nanoseconds, (long long)seconds, (long long)nanoseconds);
	fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, offsets, (size_t)length) != length)
		error = errno;
	if (fd >= 0)
		close(fd);
	return error;
}

static void unshift_clock(void)
{
	if (setns(own_time_fd, CLONE_NEWTIME) != 0)
		fatal("back to the own clock: %s", strerror(errno));
}

/*
 * How late a thread may wake up, ns. Go's runtime has a thread that sleeps 20 us at a time while a process has
 * anything to do, which would be most of what happens in a machine. In simulated time nothing else is late, either,
 * so timers that are due in the same moment go off together, as they do on a machine that has much to do.
 */
#define LATENESS 1000000

static void __attribute__((noreturn)) become(int member, char **argv, char **env, int log, int report)
{
	int nothing = open("/dev/null", O_RDONLY);
	sigset_t none;
	int error;

	net_enter(member);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	prctl(PR_SET_TIMERSLACK, LATENESS, 0, 0, 0);
	if (nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(log, 1) >= 0 && dup2(log, 2) >= 0 && chdir("/") == 0)
		execve(argv[0], argv, env);
	error = errno;
	/* Nobody to tell if this fails. */
	_exit(write(report, &error, sizeof(error)) == sizeof(error) ? 127 : 126);
}

int process_spawn(int member, int64_t offset, char **argv, char **env, const char *log_name, uint32_t *pid)
{
	int log, report[2], error = 0;
	pid_t child;

	if (running[member] != 0)
		return EBUSY;
	if (argv[0] == NULL)
		return EINVAL;
	if ((error = make_parents(log_name)) != 0)
		return error;
	log = open(log_name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (log < 0)
		return errno;
	if (offset != 0 && (error = shift_clock(offset)) != 0) {
		close(log);
		if (own_time_fd >= 0)
			unshift_clock();
		return error;
	}
	if (pipe2(report, O_CLOEXEC) != 0)
		fatal("pipe: %s", strerror(errno));
	child = fork();
	if (child == 0)
		become(member, argv, env, log, report[1]);
	if (child < 0)
		fatal("fork: %s", strerror(errno));
	close(report[1]);
	close(log);
	if (offset != 0)
		unshift_clock();
	/* The pipe ends with the successful exec. */
	if (read(report[0], &error, sizeof(error)) == sizeof(error))
		waitpid(child, NULL, 0);
	else
		error = 0;
	close(report[0]);
	if (error == 0) {
		running[member] = child;
		*pid = (uint32_t)child;
	}
	return error;
}

int process_signal(int member, int signal)
{
	if (running[member] == 0)
		return ESRCH;
	return kill(running[member], signal) == 0 ? 0 : errno;
}

void processes_reap(void)
{
	struct signalfd_siginfo news;
	int statuses[MEMBERS_MAX];
	bool ended[MEMBERS_MAX] = {false};
	int status;
	pid_t pid;

	while (read(children_fd, &news, sizeof(news)) == sizeof(news))
		; /* signals merge, so what it says of one child is not enough */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int member = 0; member < MEMBERS_MAX; member++)
			if (running[member] == pid) { /* others are orphans of members' processes */
				running[member] = 0;
				statuses[member] = status;
				ended[member] = true;
			}
	for (int member = 0; member < MEMBERS_MAX; member++)
		if (ended[member]) {
			struct bytes *event = event_begin(EVENT_EXITED);

			bytes_add_u8(event, (uint8_t)member);
			bytes_add_u32(event, (uint32_t)statuses[member]);
			event_end();
		}
}
