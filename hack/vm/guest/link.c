/*
 * The link is a file that hostfs shows and the shim in the kernel process makes up: what is written to it goes
 * to the host at fsync, and a read from its beginning waits for the host's next message.
 */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int link_fd = -1;
static struct bytes events; /* with room for the turn's header in front */
static uint32_t count;
static size_t open_event; /* where the length of the open event stands */
static struct bytes answer;

#define HEADER (4 + 8 + 4) /* length of the message, time, number of events */

uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void power_off(void)
{
	reboot(RB_POWER_OFF);
	_exit(1); /* a panic: power-off failed */
}

void link_open(void)
{
	if (mkdir("/dst", 0700) != 0 || mount("dst", "/dst", "hostfs", 0, "dst") != 0)
		fatal("mounting the link by hostfs: %s", strerror(errno));
	link_fd = open("/dst/link", O_RDWR | O_CLOEXEC);
	if (link_fd < 0)
		fatal("opening the link (is the shim preloaded?): %s", strerror(errno));
	/* No reading ahead: every page that is asked for is asked from the shim, and only those. */
	if ((errno = posix_fadvise(link_fd, 0, 0, POSIX_FADV_RANDOM)) != 0)
		fatal("advising on the link: %s", strerror(errno));
}

void link_close(void)
{
	close(link_fd);
	link_fd = -1;
}

struct bytes *event_begin(enum event type)
{
	if (events.length == 0) {
		memset(bytes_room(&events, HEADER), 0, HEADER);
		events.length = HEADER;
	}
	bytes_add_u8(&events, (uint8_t)type);
	open_event = events.length;
	bytes_add_u32(&events, 0);
	return &events;
}

void event_end(void)
{
	uint32_t length = (uint32_t)(events.length - open_event - 4);

	memcpy(events.data + open_event, &length, sizeof(length));
	count++;
}

void event_result(uint32_t seq, int error, const void *data, size_t length)
{
	struct bytes *event = event_begin(EVENT_RESULT);

	bytes_add_u32(event, seq);
	bytes_add_u32(event, (uint32_t)error);
	bytes_add(event, data, length);
	event_end();
}

uint32_t events_count(void)
{
	return count;
}

size_t events_length(void)
{
	return events.length;
}

static int send_turn(void)
{
	uint64_t time = now();
	uint32_t length;

	if (events.length == 0) {
		memset(bytes_room(&events, HEADER), 0, HEADER);
		events.length = HEADER;
	}
	length = (uint32_t)(events.length - 4);
	memcpy(events.data, &length, sizeof(length));
	memcpy(events.data + 4, &time, sizeof(time));
	memcpy(events.data + 12, &count, sizeof(count));
	for (size_t done = 0; done < events.length;) {
		ssize_t n = pwrite(link_fd, events.data + done, events.length - done, (off_t)done);

		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	events.length = 0;
	count = 0;
	return fsync(link_fd);
}

static void read_fully(size_t from, size_t length)
{
	answer.length = from;
	bytes_room(&answer, length);
	while (length > 0) {
		ssize_t n = pread(link_fd, answer.data + answer.length, length, (off_t)answer.length);

		if (n <= 0)
			fatal("reading from the link: %s", n < 0 ? strerror(errno) : "end of file");
		answer.length += (size_t)n;
		length -= (size_t)n;
	}
}

struct reader take_turn(void)
{
	uint32_t length;

	if (send_turn() != 0)
		fatal("writing to the link: %s", strerror(errno));
	/* What was just written, and the answer before it, would be read from the page cache. */
	if ((errno = posix_fadvise(link_fd, 0, 0, POSIX_FADV_DONTNEED)) != 0)
		fatal("advising on the link: %s", strerror(errno));
	read_fully(0, sizeof(length));
	memcpy(&length, answer.data, sizeof(length));
	if (length > MESSAGE_MAX)
		fatal("the host's message has %u bytes", length);
	read_fully(sizeof(length), length);
	return (struct reader){answer.data + sizeof(length), answer.data + answer.length};
}

/* By the kernel's log, which is what gets to the kernel process's standard error. */
static void say_on_console(const char *words)
{
	int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (log >= 0) {
		dprintf(log, "<0>init: %s\n", words);
		close(log);
	}
}

void fatal(const char *format, ...)
{
	static bool failing;
	char words[1024];
	va_list arguments;
	struct bytes *event;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	say_on_console(words);
	if (failing || link_fd < 0)
		power_off();
	failing = true;
	/* In place of the turn under way, which may be half an event. */
	events.length = 0;
	count = 0;
	event = event_begin(EVENT_FATAL);
	bytes_add_u32(event, (uint32_t)strlen(words));
	bytes_add(event, words, strlen(words));
	event_end();
	send_turn();
	power_off();
}
