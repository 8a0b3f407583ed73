/* PID 1: what the host can command, and what the machine waits for. */
#define _GNU_SOURCE
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PROTOCOL 2
#define NO_TIMER UINT64_MAX
#define READ_MAX (4u << 20)

enum command {
	SETUP = 1,
	SPAWN = 2,
	SIGNAL = 3,
	CONNECT = 4,
	SEND = 5,
	CLOSE = 6,
	LINK = 7,
	READ = 8,
	DISK = 9,
	POWEROFF = 10,
	WRITE = 11,
	LIST = 12,
};

static int members; /* 0 before SETUP */
static int poll_fd, timer_fd;

/* ---- waiting ---- */

static void poll_control(int operation, int fd, uint32_t events, enum source source, uint32_t number)
{
	struct epoll_event event = {.events = events, .data.u64 = (uint64_t)source << 32 | number};

	if (epoll_ctl(poll_fd, operation, fd, &event) != 0)
		fatal("epoll_ctl: %s", strerror(errno));
}

void poll_add(int fd, uint32_t events, enum source source, uint32_t number)
{
	poll_control(EPOLL_CTL_ADD, fd, events, source, number);
}

void poll_change(int fd, uint32_t events, enum source source, uint32_t number)
{
	poll_control(EPOLL_CTL_MOD, fd, events, source, number);
}

static int by_source(const void *a, const void *b)
{
	uint64_t x = ((const struct epoll_event *)a)->data.u64, y = ((const struct epoll_event *)b)->data.u64;

	return (x > y) - (x < y);
}

/* Returns whether the time has come. */
static bool gather(int timeout)
{
	size_t most = connections_count() + 2;
	struct epoll_event *ready = allocate(most * sizeof(*ready));
	bool time_has_come = false;
	int count = epoll_wait(poll_fd, ready, (int)most, timeout);
	uint64_t expirations;

	if (count < 0)
		fatal("epoll_wait: %s", strerror(errno));
	qsort(ready, (size_t)count, sizeof(*ready), by_source);
	for (int i = 0; i < count; i++) {
		switch ((enum source)(ready[i].data.u64 >> 32)) {
		case SOURCE_TIMER:
			time_has_come = read(timer_fd, &expirations, sizeof(expirations)) == sizeof(expirations);
			break;
		case SOURCE_CHILDREN:
			processes_reap();
			break;
		case SOURCE_CONNECTION:
			connection_ready((uint32_t)ready[i].data.u64, ready[i].events);
			break;
		}
	}
	free(ready);
	return time_has_come;
}

static void wait_until(uint64_t wake_at)
{
	struct itimerspec alarm = {0}; /* zero disarms */

	/* The answers to commands are news already. */
	if (wake_at == 0 || events_count() > 0) {
		gather(0);
		return;
	}
	if (wake_at != NO_TIMER) {
		alarm.it_value.tv_sec = (time_t)(wake_at / 1000000000);
		alarm.it_value.tv_nsec = (long)(wake_at % 1000000000);
	} else if (!process_any() && connections_count() == 0) {
		fatal("nothing runs, and the host wants to be woken by it");
	}
	if (timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &alarm, NULL) != 0)
		fatal("timerfd_settime: %s", strerror(errno));
	while (!gather(-1) && events_count() == 0)
		; /* an orphan's end, say, is no news */
}

/* ---- commands ---- */

static int read_member(struct reader *body)
{
	uint8_t member = read_u8(body);

	if (member >= members)
		fatal("there is no member %u", member);
	return member;
}

static void add_entropy(const unsigned char *entropy, size_t length)
{
	struct rand_pool_info *info = allocate(sizeof(*info) + length);
	int device = open("/dev/urandom", O_RDWR | O_CLOEXEC);

	info->entropy_count = (int)length * 8;
	info->buf_size = (int)length;
	memcpy(info->buf, entropy, length);
	if (device < 0 || ioctl(device, RNDADDENTROPY, info) != 0 || ioctl(device, RNDRESEEDCRNG) != 0)
		fatal("adding entropy: %s", strerror(errno));
	close(device);
	free(info);
}

static void set_up(struct reader *body)
{
	int count = read_u8(body);
	enum disk_kind kind = read_u8(body);

	if (members != 0)
		fatal("a second SETUP");
	if (count < 1 || count > MEMBERS_MAX)
		fatal("%d members; there can be 1 to %d", count, MEMBERS_MAX);
	add_entropy(read_bytes(body, 64), 64);
	members = count;
	net_setup(members);
	disk_setup(members, kind);
}

static void spawn(struct reader *body)
{
	uint32_t seq = read_u32(body), pid = 0;
	int member = read_member(body), error;
	int64_t offset = (int64_t)read_u64(body);
	char **argv = read_strings(body), **env = read_strings(body), *log = read_string(body);

	error = process_spawn(member, offset, argv, env, log, &pid);
	event_result(seq, error, &pid, error == 0 ? sizeof(pid) : 0);
	free_strings(argv);
	free_strings(env);
	free(log);
}

static void impair(struct reader *body)
{
	uint32_t seq = read_u32(body);
	int from = read_u8(body), to = read_u8(body);
	struct impairment impairment = {0};

	impairment.delay_us = read_u32(body);
	impairment.jitter_us = read_u32(body);
	impairment.loss_ppm = read_u32(body);
	impairment.reorder_ppm = read_u32(body);
	impairment.duplicate_ppm = read_u32(body);
	impairment.corrupt_ppm = read_u32(body);
	impairment.rate_bits = read_u64(body);
	event_result(seq, net_impair(seq, from, to, &impairment), NULL, 0);
}

static void read_out(struct reader *body)
{
	uint32_t seq = read_u32(body), max;
	char *path = read_string(body);
	uint64_t offset = read_u64(body);
	struct bytes content = {0};
	int fd, error = 0;

	max = read_u32(body);
	if (max > READ_MAX)
		max = READ_MAX;
	if (events_length() + max > TURN_FULL) {
		event_result(seq, ENOBUFS, NULL, 0);
		free(path);
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		error = errno;
	while (error == 0 && content.length < max) {
		size_t left = max - content.length;
		size_t most = left < 65536 ? left : 65536;
		ssize_t n = pread(fd, bytes_room(&content, most), most, (off_t)(offset + content.length));

		if (n < 0)
			error = errno;
		if (n <= 0)
			break;
		content.length += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	event_result(seq, error, content.data, error == 0 ? content.length : 0);
	free(content.data);
	free(path);
}

static int is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* By name, so that the order is not the file system's. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void list_out(struct reader *body)
{
	uint32_t seq = read_u32(body);
	char *path = read_string(body);
	struct dirent **entries = NULL;
	struct bytes names = {0};
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count = folder < 0 ? -1 : scandirat(folder, ".", &entries, is_entry, by_name);
	int error = count < 0 ? errno : 0;

	for (int i = 0; i < count; i++) {
		struct stat status;

		/* One that is gone by now is not there. */
		if (fstatat(folder, entries[i]->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
			bytes_add_u32(&names, status.st_mode);
			bytes_add_u64(&names, (uint64_t)status.st_size);
			bytes_add_u32(&names, (uint32_t)strlen(entries[i]->d_name));
			bytes_add(&names, entries[i]->d_name, strlen(entries[i]->d_name));
		}
		free(entries[i]);
	}
	free(entries);
	if (folder >= 0)
		close(folder);
	if (events_length() + names.length > TURN_FULL)
		error = ENOBUFS;
	event_result(seq, error, names.data, error == 0 ? names.length : 0);
	free(names.data);
	free(path);
}

static void write_in(struct reader *body)
{
	uint32_t seq = read_u32(body), mode;
	char *path = read_string(body);

	mode = read_u32(body);
	event_result(seq, write_file(path, mode, body->at, (size_t)(body->end - body->at)), NULL, 0);
	free(path);
}

static void carry_out(uint8_t command, struct reader *body)
{
	uint32_t number;
	int member;
	uint8_t what;

	switch ((enum command)command) {
	case SETUP:
		set_up(body);
		return;
	case SPAWN:
		spawn(body);
		return;
	case SIGNAL:
		number = read_u32(body);
		member = read_member(body);
		event_result(number, process_signal(member, read_u8(body)), NULL, 0);
		return;
	case CONNECT:
		number = read_u32(body);
		member = read_member(body);
		connection_open(number, member, read_u16(body));
		return;
	case SEND:
		number = read_u32(body);
		connection_send(number, body->at, (size_t)(body->end - body->at));
		return;
	case CLOSE:
		number = read_u32(body);
		connection_close(number, read_u8(body) == 1);
		return;
	case LINK:
		impair(body);
		return;
	case READ:
		read_out(body);
		return;
	case DISK:
		number = read_u32(body);
		member = read_member(body);
		what = read_u8(body);
		event_result(number, disk_act(member, what, read_u64(body)), NULL, 0);
		return;
	case POWEROFF:
		link_close();
		power_off();
	case WRITE:
		write_in(body);
		return;
	case LIST:
		list_out(body);
		return;
	}
	fatal("there is no command %u", command);
}

/* ---- the machine ---- */

static void must_mount(const char *type, const char *where)
{
	if (mkdir(where, 0755) != 0 && errno != EEXIST)
		fatal("%s: %s", where, strerror(errno));
	if (mount(type, where, type, 0, NULL) != 0)
		fatal("mounting %s: %s", where, strerror(errno));
}

/*
 * Who looks on is not one of those who take turns: what a member does is told, and what the host wants of it is
 * done, before the member does anything more. Else a kill that is to strike at an answer comes some calls too late.
 */
static void go_first(void)
{
	struct sched_param first = {.sched_priority = 1};

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first) != 0)
		fatal("to go first: %s", strerror(errno));
}

static void boot(void)
{
	struct rlimit files = {65536, 65536};

	umask(022);
	link_open(); /* before all else, so that what fails can be told */
	go_first();
	must_mount("proc", "/proc");
	must_mount("sysfs", "/sys");
	must_mount("devtmpfs", "/dev");
	must_mount("tmpfs", "/tmp");
	if ((mkdir("/data", 0755) != 0 && errno != EEXIST) || (mkdir("/disk", 0755) != 0 && errno != EEXIST))
		fatal("making the folders for disks: %s", strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_NOFILE, &files);
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (poll_fd < 0 || timer_fd < 0)
		fatal("epoll, timerfd: %s", strerror(errno));
	poll_add(timer_fd, EPOLLIN, SOURCE_TIMER, 0);
	processes_start();
}

static void hello(void)
{
	unsigned char random[16] = {0};
	struct utsname kernel;
	struct bytes *event;

	/* Not waiting for entropy: it comes with SETUP. */
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0 && errno != EAGAIN)
		fatal("getrandom: %s", strerror(errno));
	uname(&kernel);
	event = event_begin(EVENT_HELLO);
	bytes_add_u32(event, PROTOCOL);
	bytes_add(event, random, sizeof(random));
	bytes_add_u32(event, (uint32_t)strlen(kernel.release));
	bytes_add(event, kernel.release, strlen(kernel.release));
	event_end();
}

int main(void)
{
	boot();
	hello();
	for (;;) {
		struct reader answer = take_turn();
		uint64_t wake_at = read_u64(&answer);
		uint32_t count = read_u32(&answer);

		for (uint32_t i = 0; i < count; i++) {
			uint8_t command = read_u8(&answer);
			uint32_t length = read_u32(&answer);
			struct reader body = {.at = read_bytes(&answer, length)};

			body.end = body.at + length;
			carry_out(command, &body);
		}
		wait_until(wake_at);
	}
}
