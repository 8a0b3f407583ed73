/*
 * A full mesh: each pair of nodes has a veth of its own, so each ordered pair has a device whose queue can be
 * impaired without touching anything else. A node's address stands on its loopback, routes say which device
 * leads to whom, and permanent neighbours make ARP unnecessary, so that a cut is a cut and no more.
 *
 * The kernel has no IPv6.
 */
#define _GNU_SOURCE
#include "init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK_INDEX 1
#define QUEUE_PACKETS 100000 /* more than can be on the way: only the host loses packets */
#define PRNG_SEED 14	     /* TCA_NETEM_PRNG_SEED, newer than Debian 12's headers */

/* The clients' side is the last node here. */
struct node {
	int namespace, rtnetlink;
	uint8_t last_byte; /* of its address */
};

static struct node nodes[MEMBERS_MAX + 1];
static int node_count;

static int index_of(int node)
{
	return node == CLIENTS ? node_count - 1 : node;
}

/* ---- rtnetlink ---- */

struct request {
	struct nlmsghdr header;
	unsigned char body[1024];
};

static void *put(struct request *request, const void *data, size_t length)
{
	void *at = (unsigned char *)request + NLMSG_ALIGN(request->header.nlmsg_len);

	if ((unsigned char *)at + length > (unsigned char *)(request + 1))
		fatal("an rtnetlink request is too long");
	memcpy(at, data, length);
	request->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(request->header.nlmsg_len) + length);
	return at;
}

static struct rtattr *attribute(struct request *request, unsigned short type, const void *data, size_t length)
{
	struct rtattr head = {.rta_type = type, .rta_len = (unsigned short)RTA_LENGTH(length)};
	struct rtattr *at = put(request, &head, sizeof(head));

	put(request, data, length);
	return at;
}

static void attribute_u32(struct request *request, unsigned short type, uint32_t value)
{
	attribute(request, type, &value, sizeof(value));
}

static void attribute_u64(struct request *request, unsigned short type, uint64_t value)
{
	attribute(request, type, &value, sizeof(value));
}

static struct rtattr *nest(struct request *request, unsigned short type)
{
	struct rtattr head = {.rta_type = type, .rta_len = RTA_LENGTH(0)};

	return put(request, &head, sizeof(head));
}

static void nest_end(struct request *request, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((unsigned char *)request + request->header.nlmsg_len - (unsigned char *)nest);
}

static void begin(struct request *request, unsigned short type, unsigned short flags, const void *head, size_t length)
{
	memset(request, 0, sizeof(*request));
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	request->header.nlmsg_len = NLMSG_LENGTH(0);
	put(request, head, length);
}

/* Returns 0 or an errno. */
static int ask(const struct node *node, const struct request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		unsigned char rest[2048];
	} reply;

	if (send(node->rtnetlink, request, request->header.nlmsg_len, 0) < 0)
		return errno;
	do /* what was asked for, if anything, comes before the acknowledgement, and is not looked at */
		if (recv(node->rtnetlink, &reply, sizeof(reply), 0) < (ssize_t)NLMSG_LENGTH(sizeof(reply.error)))
			return EPROTO;
	while (reply.header.nlmsg_type != NLMSG_ERROR);
	return -reply.error.error;
}

static void must(const struct node *node, const struct request *request, const char *what)
{
	int error = ask(node, request);

	if (error != 0)
		fatal("%s at 10.0.0.%u: %s", what, node->last_byte, strerror(error));
}

/* ---- devices and addresses ---- */

static uint32_t address_of(const struct node *node)
{
	return htonl(0x0a000000u + node->last_byte);
}

/* Of the device to a node: the same number in every namespace. */
static int device_to(const struct node *to)
{
	return 1000 + to->last_byte;
}

static void describe_end(struct request *request, const struct node *at, const struct node *to)
{
	const unsigned char hardware[6] = {2, 0, 0, 0, at->last_byte, to->last_byte};
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "to%u", to->last_byte);
	attribute(request, IFLA_IFNAME, name, strlen(name) + 1);
	attribute(request, IFLA_ADDRESS, hardware, sizeof(hardware));
}

static void up(const struct node *node, int device)
{
	struct ifinfomsg head = {.ifi_index = device, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct request request;

	begin(&request, RTM_NEWLINK, 0, &head, sizeof(head));
	must(node, &request, "switching a device on");
}

/*
 * A device whose other end comes up after it begins to send when the kernel gets round to it, up to a second
 * later; until then what is sent is lost. Being asked for the device's state, it does so first.
 */
static void settle(const struct node *node, int device)
{
	struct ifinfomsg head = {.ifi_index = device};
	struct request request;

	begin(&request, RTM_GETLINK, 0, &head, sizeof(head));
	must(node, &request, "looking at a device");
}

static void wire(const struct node *a, const struct node *b)
{
	struct ifinfomsg head = {.ifi_index = device_to(b)}, peer_head = {.ifi_index = device_to(a)};
	struct rtattr *info, *data, *peer;
	struct request request;

	begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	describe_end(&request, a, b);
	info = nest(&request, IFLA_LINKINFO);
	attribute(&request, IFLA_INFO_KIND, "veth", 5);
	data = nest(&request, IFLA_INFO_DATA);
	peer = nest(&request, VETH_INFO_PEER);
	put(&request, &peer_head, sizeof(peer_head));
	describe_end(&request, b, a);
	attribute_u32(&request, IFLA_NET_NS_FD, (uint32_t)b->namespace);
	nest_end(&request, peer);
	nest_end(&request, data);
	nest_end(&request, info);
	must(a, &request, "making a wire");
}

static void own_address(const struct node *node)
{
	struct ifaddrmsg head = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = LOOPBACK_INDEX};
	uint32_t address = address_of(node);
	struct request request;

	begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	attribute(&request, IFA_LOCAL, &address, sizeof(address));
	attribute(&request, IFA_ADDRESS, &address, sizeof(address));
	must(node, &request, "setting the address");
}

static void route(const struct node *at, const struct node *to)
{
	struct rtmsg head = {
		.rtm_family = AF_INET,
		.rtm_dst_len = 32,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_scope = RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
	};
	struct ndmsg neighbour = {.ndm_family = AF_INET, .ndm_ifindex = device_to(to), .ndm_state = NUD_PERMANENT};
	const unsigned char hardware[6] = {2, 0, 0, 0, to->last_byte, at->last_byte};
	uint32_t source = address_of(at), destination = address_of(to);
	struct request request;

	begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof(head));
	attribute(&request, RTA_DST, &destination, sizeof(destination));
	attribute(&request, RTA_PREFSRC, &source, sizeof(source));
	attribute_u32(&request, RTA_OIF, (uint32_t)device_to(to));
	must(at, &request, "setting a route");

	begin(&request, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &neighbour, sizeof(neighbour));
	attribute(&request, NDA_DST, &destination, sizeof(destination));
	attribute(&request, NDA_LLADDR, hardware, sizeof(hardware));
	must(at, &request, "setting a neighbour");
}

/* ---- namespaces ---- */

static void open_node(struct node *node, uint8_t last_byte)
{
	node->last_byte = last_byte;
	node->namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	/* A socket stays in the namespace where it was made. */
	node->rtnetlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (node->namespace < 0 || node->rtnetlink < 0)
		fatal("opening a network namespace: %s", strerror(errno));
}

void net_enter(int member)
{
	if (setns(nodes[member].namespace, CLONE_NEWNET) != 0)
		fatal("entering a network namespace: %s", strerror(errno));
}

void net_setup(int members)
{
	node_count = members + 1;
	open_node(&nodes[members], 100);
	for (int member = 0; member < members; member++) {
		if (unshare(CLONE_NEWNET) != 0)
			fatal("making a network namespace: %s", strerror(errno));
		open_node(&nodes[member], (uint8_t)(member + 1));
	}
	net_enter(members);

	for (int a = 0; a < node_count; a++) {
		up(&nodes[a], LOOPBACK_INDEX);
		own_address(&nodes[a]);
	}
	for (int a = 0; a < node_count; a++)
		for (int b = a + 1; b < node_count; b++) {
			wire(&nodes[a], &nodes[b]);
			up(&nodes[a], device_to(&nodes[b]));
			up(&nodes[b], device_to(&nodes[a]));
			settle(&nodes[a], device_to(&nodes[b]));
			settle(&nodes[b], device_to(&nodes[a]));
			route(&nodes[a], &nodes[b]);
			route(&nodes[b], &nodes[a]);
		}
}

/* ---- netem ---- */

static uint32_t share(uint32_t ppm)
{
	return ppm >= 1000000 ? UINT32_MAX : (uint32_t)((uint64_t)ppm * UINT32_MAX / 1000000);
}

static bool is_none(const struct impairment *impairment)
{
	return impairment->delay_us == 0 && impairment->jitter_us == 0 && impairment->loss_ppm == 0 &&
	       impairment->reorder_ppm == 0 && impairment->duplicate_ppm == 0 && impairment->corrupt_ppm == 0 &&
	       impairment->rate_bits == 0;
}

/* What is not said stays as it was, so everything is said. */
static void describe_netem(struct request *request, uint32_t seed, const struct impairment *impairment)
{
	struct tc_netem_qopt options = {
		.limit = QUEUE_PACKETS,
		.loss = share(impairment->loss_ppm),
		.duplicate = share(impairment->duplicate_ppm),
		.gap = impairment->reorder_ppm > 0, /* every packet may be the one that overtakes */
	};
	struct tc_netem_reorder reorder = {.probability = share(impairment->reorder_ppm)};
	struct tc_netem_corrupt corrupt = {.probability = share(impairment->corrupt_ppm)};
	uint64_t rate_bytes = (impairment->rate_bits + 7) / 8;
	struct tc_netem_rate rate = {.rate = rate_bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)rate_bytes};
	struct rtattr *all = attribute(request, TCA_OPTIONS, &options, sizeof(options));

	attribute_u64(request, TCA_NETEM_LATENCY64, (uint64_t)impairment->delay_us * 1000);
	attribute_u64(request, TCA_NETEM_JITTER64, (uint64_t)impairment->jitter_us * 1000);
	attribute(request, TCA_NETEM_REORDER, &reorder, sizeof(reorder));
	attribute(request, TCA_NETEM_CORRUPT, &corrupt, sizeof(corrupt));
	if (rate_bytes > UINT32_MAX)
		attribute_u64(request, TCA_NETEM_RATE64, rate_bytes);
	attribute(request, TCA_NETEM_RATE, &rate, sizeof(rate));
	attribute_u64(request, PRNG_SEED, seed);
	nest_end(request, all);
}

int net_impair(uint32_t seed, int from, int to, const struct impairment *impairment)
{
	struct tcmsg head = {.tcm_family = AF_UNSPEC, .tcm_parent = TC_H_ROOT, .tcm_handle = 0x10000};
	const struct node *at, *other;
	struct request request;
	int error;

	if (from == to || index_of(from) >= node_count || index_of(to) >= node_count)
		return EINVAL;
	at = &nodes[index_of(from)];
	other = &nodes[index_of(to)];
	head.tcm_ifindex = device_to(other);
	if (is_none(impairment)) {
		begin(&request, RTM_DELQDISC, 0, &head, sizeof(head));
		error = ask(at, &request);
		return error == ENOENT ? 0 : error; /* there was none */
	}
	begin(&request, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &head, sizeof(head));
	attribute(&request, TCA_KIND, "netem", 6);
	describe_netem(&request, seed, impairment);
	return ask(at, &request);
}
