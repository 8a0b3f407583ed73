#define _GNU_SOURCE
#include "init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVED_MAX 65536 /* of one connection in one turn */

struct connection {
	uint32_t number;
	int fd;
	bool connecting;
	bool watched_for_writing;
	int write_error;
	struct bytes unsent;
};

/* In no order: the host numbers them, and epoll tells the number. */
static struct connection *connections;
static size_t connection_count;

size_t connections_count(void)
{
	return connection_count;
}

static struct connection *find(uint32_t number)
{
	for (size_t i = 0; i < connection_count; i++)
		if (connections[i].number == number)
			return &connections[i];
	return NULL;
}

static void drop(struct connection *connection)
{
	close(connection->fd);
	free(connection->unsent.data);
	*connection = connections[--connection_count];
}

static void tell_closed(uint32_t number, int error)
{
	struct bytes *event = event_begin(EVENT_CLOSED);

	bytes_add_u32(event, number);
	bytes_add_u32(event, (uint32_t)error);
	event_end();
}

static void watch(struct connection *connection)
{
	bool writes = connection->connecting || connection->unsent.length > 0;

	if (writes == connection->watched_for_writing)
		return;
	connection->watched_for_writing = writes;
	poll_change(connection->fd, EPOLLIN | (writes ? EPOLLOUT : 0), SOURCE_CONNECTION, connection->number);
}

void connection_open(uint32_t number, int member, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct connection *connection;
	int on = 1;

	if (find(number) != NULL)
		fatal("connection %u is open already", number);
	address.sin_addr.s_addr = htonl(0x0a000001u + (uint32_t)member);
	connections = realloc(connections, (connection_count + 1) * sizeof(*connections));
	if (connections == NULL)
		fatal("out of memory");
	connection = &connections[connection_count++];
	*connection = (struct connection){.number = number, .connecting = true, .watched_for_writing = true};
	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connection->fd < 0)
		fatal("socket: %s", strerror(errno));
	setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	poll_add(connection->fd, EPOLLIN | EPOLLOUT, SOURCE_CONNECTION, number);
	if (connect(connection->fd, (struct sockaddr *)&address, sizeof(address)) != 0 && errno != EINPROGRESS) {
		int error = errno;

		drop(connection);
		tell_closed(number, error);
	}
}

/* After a failure nothing can be sent any more; what came before it can still be received, so that tells it. */
static void write_unsent(struct connection *connection)
{
	struct bytes *unsent = &connection->unsent;
	size_t done = 0;

	while (done < unsent->length) {
		ssize_t n = send(connection->fd, unsent->data + done, unsent->length - done, MSG_NOSIGNAL);

		if (n < 0) {
			if (errno != EAGAIN) {
				connection->write_error = errno;
				done = unsent->length;
			}
			break;
		}
		done += (size_t)n;
	}
	if (done > 0)
		memmove(unsent->data, unsent->data + done, unsent->length - done);
	unsent->length -= done;
}

void connection_send(uint32_t number, const void *data, size_t length)
{
	struct connection *connection = find(number);

	if (connection == NULL || connection->write_error != 0)
		return; /* the host learns of the end in the next turn, or has closed it */
	bytes_add(&connection->unsent, data, length);
	if (!connection->connecting)
		write_unsent(connection);
	watch(connection);
}

void connection_close(uint32_t number, bool abort)
{
	struct connection *connection = find(number);
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	if (connection == NULL)
		return; /* it ended by itself in this very turn */
	if (abort)
		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	drop(connection);
}

/* Returns false when it is over, with the reason in *error. */
static bool receive(struct connection *connection, int *error)
{
	static unsigned char data[RECEIVED_MAX];
	size_t length = 0;
	bool open = true;

	while (length < sizeof(data)) {
		ssize_t n = recv(connection->fd, data + length, sizeof(data) - length, 0);

		if (n > 0) {
			length += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EAGAIN)
			break;
		open = false;
		*error = n < 0 ? errno : connection->write_error;
		break;
	}
	if (length > 0) {
		struct bytes *event = event_begin(EVENT_RECEIVED);

		bytes_add_u32(event, connection->number);
		bytes_add(event, data, length);
		event_end();
	}
	return open;
}

void connection_ready(uint32_t number, uint32_t ready)
{
	struct connection *connection = find(number);
	int error = 0;
	socklen_t size = sizeof(error);

	if (connection == NULL || events_length() > TURN_FULL)
		return; /* epoll tells again of what is left undone */
	if (connection->connecting) {
		struct bytes *event;

		getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
		if (error != 0) {
			drop(connection);
			tell_closed(number, error);
			return;
		}
		if (!(ready & EPOLLOUT))
			return;
		connection->connecting = false;
		event = event_begin(EVENT_CONNECTED);
		bytes_add_u32(event, number);
		event_end();
	}
	if (connection->unsent.length > 0)
		write_unsent(connection);
	if (ready & (EPOLLIN | EPOLLHUP | EPOLLERR) && !receive(connection, &error)) {
		drop(connection);
		tell_closed(number, error);
		return;
	}
	watch(connection);
}
