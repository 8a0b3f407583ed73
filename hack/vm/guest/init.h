/*
 * The parts of the guest's first process. It carries out what the host says, tells what happened, and decides
 * nothing: no sleeping, no randomness, no retries. One thread.
 */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMBERS_MAX 16 /* as many RAM disks as the kernel makes */
#define CLIENTS 255    /* the node number of the clients' side */
#define MESSAGE_MAX (16u << 20)
#define TURN_FULL (12u << 20) /* what comes from then on waits for the next turn */

/* ---- wire.c: bytes that grow, and bytes that are read in order ---- */

struct bytes {
	unsigned char *data;
	size_t length, capacity;
};

struct reader {
	const unsigned char *at, *end;
};

/* Makes room for more bytes behind the present ones, and tells where it begins. */
unsigned char *bytes_room(struct bytes *bytes, size_t more);
void bytes_add(struct bytes *bytes, const void *data, size_t length);
void bytes_add_u8(struct bytes *bytes, uint8_t value);
void bytes_add_u32(struct bytes *bytes, uint32_t value);
void bytes_add_u64(struct bytes *bytes, uint64_t value);

/* Reading beyond the end is fatal: the two sides do not speak the same protocol. */
const unsigned char *read_bytes(struct reader *reader, size_t length);
uint8_t read_u8(struct reader *reader);
uint16_t read_u16(struct reader *reader);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
char *read_string(struct reader *reader);   /* to be freed */
char **read_strings(struct reader *reader); /* a null-terminated list, to be freed by free_strings */
void free_strings(char **strings);

void *allocate(size_t size); /* zeroed */

/* ---- link.c: the two messages of a turn ---- */

enum event {
	EVENT_HELLO = 1,
	EVENT_RESULT = 2,
	EVENT_EXITED = 3,
	EVENT_CONNECTED = 4,
	EVENT_RECEIVED = 5,
	EVENT_CLOSED = 6,
	EVENT_FATAL = 7,
};

void link_open(void);
/* The events of the turn under way; one event at a time is open, between begin and end. */
struct bytes *event_begin(enum event type);
void event_end(void);
void event_result(uint32_t seq, int error, const void *data, size_t length);
uint32_t events_count(void);
size_t events_length(void);
/* Sends the events, and waits for the host's answer, which stays valid until the next turn. */
struct reader take_turn(void);
void link_close(void);

/* Tells the host, and ends the machine. */
void fatal(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void power_off(void) __attribute__((noreturn));

uint64_t now(void); /* CLOCK_MONOTONIC, in ns */

/* ---- main.c ---- */

/* What the epoll set tells; they are handled in this order, then by number. */
enum source { SOURCE_TIMER, SOURCE_CHILDREN, SOURCE_CONNECTION };

void poll_add(int fd, uint32_t events, enum source source, uint32_t number);
void poll_change(int fd, uint32_t events, enum source source, uint32_t number);

/* ---- net.c: one network namespace for each member, and a wire for each pair of nodes ---- */

struct impairment {
	uint32_t delay_us, jitter_us, loss_ppm, reorder_ppm, duplicate_ppm, corrupt_ppm;
	uint64_t rate_bits;
};

void net_setup(int members);
void net_enter(int member); /* the calling process joins the member's namespace */
int net_impair(uint32_t seed, int from, int to, const struct impairment *impairment); /* 0 or an errno */

/* ---- disk.c ---- */

enum disk_kind { DISK_TMPFS = 0, DISK_EXT4 = 1 };

void disk_setup(int members, enum disk_kind kind);
int disk_act(int member, uint8_t action, uint64_t argument); /* 0 or an errno */
/* Creates the folders above a file. */
int make_parents(const char *path);
int write_file(const char *path, uint32_t mode, const void *data, size_t length); /* 0 or an errno */

/* ---- process.c: one process for each member ---- */

void processes_start(void);
int process_spawn(int member, int64_t offset, char **argv, char **env, const char *log, uint32_t *pid);
int process_signal(int member, int signal);
bool process_runs(int member);
bool process_any(void);
void processes_reap(void); /* tells of those that have ended */

/* ---- connection.c: the TCP connections of the clients' side ---- */

void connection_open(uint32_t number, int member, uint16_t port);
void connection_send(uint32_t number, const void *data, size_t length);
void connection_close(uint32_t number, bool abort);
void connection_ready(uint32_t number, uint32_t events);
size_t connections_count(void);

#endif
