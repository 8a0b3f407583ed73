/*
 * Each member's data are at /data/MEMBER: a tmpfs, or a folder of an ext4 on a RAM disk, which is mounted at
 * /disk/MEMBER. What has reached the RAM disk is what survives a loss of power; what is only in the guest's
 * page cache does not. Where the kernel has a device mapper, two of its devices stand between the two: the upper
 * one can make the disk slow, or fail; the lower one is its plug, which can be pulled while requests are under way
 * above it.
 */
#define _GNU_SOURCE
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define IMAGE "/disk.image" /* of a fresh file system: records of a u64 offset and a block, as far as not zero */
#define BLOCK 4096
#define SHUTDOWN _IOR('X', 125, uint32_t) /* EXT4_IOC_SHUTDOWN */
#define SHUTDOWN_NO_LOG_FLUSH 2
#define TMPFS_BYTES (512ull << 20)

enum action {
	POWER_LOSS = 1,
	MOUNT = 2,
	FILL = 3,
	UNFILL = 4,
	WIPE = 5,
	SLOW = 6,
	FAIL = 7,
	HEALTHY = 8,
	CUT = 9,
};

enum failure { FAIL_WRITES = 1, FAIL_ALL = 2 };

struct disk {
	char ram[32];	 /* the RAM disk */
	char plug[32];	 /* what the mapper puts on top of it */
	char device[32]; /* what is mounted: the RAM disk, or what the mapper puts on top of the plug */
	char root[32];	 /* where */
	char data[32];
	bool mounted;
	bool off; /* without power */
	uint64_t sectors;
};

static struct disk disks[MEMBERS_MAX];
static enum disk_kind kind;
static int mapper = -1;

/* ---- files ---- */

int make_parents(const char *path)
{
	char *folder = strdup(path);
	int error = 0;

	if (folder == NULL)
		return ENOMEM;
	for (char *slash = strchr(folder + 1, '/'); slash != NULL && error == 0; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0755) != 0 && errno != EEXIST)
			error = errno;
		*slash = '/';
	}
	free(folder);
	return error;
}

int write_file(const char *path, uint32_t mode, const void *data, size_t length)
{
	int error = make_parents(path), fd;

	if (error != 0)
		return error;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	for (size_t done = 0; done < length && error == 0;) {
		ssize_t n = write(fd, (const char *)data + done, length - done);

		if (n < 0)
			error = errno;
		else
			done += (size_t)n;
	}
	if (error == 0 && fchmod(fd, mode & 07777) != 0)
		error = errno;
	close(fd);
	return error;
}

/* ---- device mapper ---- */

struct mapping {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[256];
};

enum layer { DISK, PLUG };

#define PLUG_MINOR 64 /* and above: the disks' own begin with 0 */

static int map(unsigned long request, enum layer layer, int member, struct mapping *mapping)
{
	struct dm_ioctl *head = &mapping->head;

	head->version[0] = DM_VERSION_MAJOR;
	head->data_size = sizeof(*mapping);
	head->data_start = offsetof(struct mapping, target);
	snprintf(head->name, sizeof(head->name), "%s%d", layer == PLUG ? "plug" : "disk", member);
	return ioctl(mapper, request, mapping) == 0 ? 0 : errno;
}

static int load_table(enum layer layer, int member, const char *target, const char *parameters)
{
	struct mapping mapping = {.head.target_count = 1, .target.length = disks[member].sectors};
	struct mapping resume = {.head.flags = 0};
	int error;

	snprintf(mapping.target.target_type, sizeof(mapping.target.target_type), "%s", target);
	snprintf(mapping.parameters, sizeof(mapping.parameters), "%s", parameters);
	if ((error = map(DM_TABLE_LOAD, layer, member, &mapping)) != 0)
		return error;
	return map(DM_DEV_SUSPEND, layer, member, &resume); /* without the suspend flag: resume, with the new table */
}

/* Without freezing the file system, which would write out what no member has asked to be written. */
static int exchange_table(enum layer layer, int member, const char *target, const char *parameters)
{
	struct mapping suspend = {.head.flags = DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG};
	int error = map(DM_DEV_SUSPEND, layer, member, &suspend);

	return error != 0 ? error : load_table(layer, member, target, parameters);
}

static int act_on_device(int member, uint8_t action, uint64_t argument)
{
	const char *plug = disks[member].plug;
	char parameters[128];

	if (mapper < 0)
		return ENOTSUP;
	switch (action) {
	case SLOW: /* in whole ms, as dm-delay has it */
		snprintf(parameters, sizeof(parameters), "%s 0 %llu", plug, (unsigned long long)(argument + 999) / 1000);
		return exchange_table(DISK, member, "delay", parameters);
	case FAIL:
		if (argument == FAIL_ALL)
			return exchange_table(DISK, member, "error", "");
		if (argument != FAIL_WRITES)
			return EINVAL;
		snprintf(parameters, sizeof(parameters), "%s 0 0 1 1 error_writes", plug);
		return exchange_table(DISK, member, "flakey", parameters);
	default:
		snprintf(parameters, sizeof(parameters), "%s 0", plug);
		return exchange_table(DISK, member, "linear", parameters);
	}
}

/* What was under way above it fails, too: dm-delay would have it written when its own table is exchanged. */
static int pull_plug(int member)
{
	return mapper < 0 ? 0 : exchange_table(PLUG, member, "error", "");
}

static int put_plug_in(int member)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "%s 0", disks[member].ram);
	disks[member].off = false;
	return mapper < 0 ? 0 : exchange_table(PLUG, member, "linear", parameters);
}

static void make_layer(enum layer layer, int member, const char *below, char *device, size_t size)
{
	unsigned int number = (layer == PLUG ? PLUG_MINOR : 0) + (unsigned int)member;
	struct mapping mapping = {.head.flags = DM_PERSISTENT_DEV_FLAG, .head.dev = makedev(0, number)};
	char parameters[64];
	int error = map(DM_DEV_CREATE, layer, member, &mapping);

	snprintf(parameters, sizeof(parameters), "%s 0", below);
	snprintf(device, size, "/dev/dm-%u", number);
	if (error != 0 || (error = load_table(layer, member, "linear", parameters)) != 0)
		fatal("mapping %s: %s", below, strerror(error));
}

static void make_mapped(int member)
{
	struct disk *disk = &disks[member];

	make_layer(PLUG, member, disk->ram, disk->plug, sizeof(disk->plug));
	make_layer(DISK, member, disk->plug, disk->device, sizeof(disk->device));
}

/* ---- ext4 on a RAM disk ---- */

static int write_image(const struct disk *disk)
{
	static unsigned char block[BLOCK] __attribute__((aligned(BLOCK)));
	uint64_t all[2] = {0, disk->sectors * 512}, offset;
	int image, device, error = 0;

	image = open(IMAGE, O_RDONLY | O_CLOEXEC);
	/* Direct: the page cache would keep a copy of it. */
	device = open(disk->ram, O_WRONLY | O_DIRECT | O_CLOEXEC);
	if (image < 0 || device < 0 || ioctl(device, BLKDISCARD, all) != 0)
		error = errno;
	while (error == 0 && read(image, &offset, sizeof(offset)) == sizeof(offset))
		if (read(image, block, BLOCK) != BLOCK || pwrite(device, block, BLOCK, (off_t)offset) != BLOCK)
			error = errno ? errno : EIO;
	if (image >= 0)
		close(image);
	if (device >= 0)
		close(device);
	return error;
}

static int mount_ext4(struct disk *disk)
{
	char folder[64];

	if (disk->mounted)
		return EBUSY;
	if (mount(disk->device, disk->root, "ext4", 0, NULL) != 0)
		return errno;
	snprintf(folder, sizeof(folder), "%s/data", disk->root);
	if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || mount(folder, disk->data, NULL, MS_BIND, NULL) != 0) {
		int error = errno;

		umount(disk->root);
		return error;
	}
	disk->mounted = true;
	return 0;
}

static int unmount_ext4(struct disk *disk)
{
	if (!disk->mounted)
		return 0;
	if (umount(disk->data) != 0)
		return errno;
	if (umount(disk->root) != 0) {
		int error = errno;
		char folder[64];

		snprintf(folder, sizeof(folder), "%s/data", disk->root);
		if (mount(folder, disk->data, NULL, MS_BIND, NULL) != 0)
			fatal("mounting %s again: %s", disk->data, strerror(errno));
		return error;
	}
	disk->mounted = false;
	return 0;
}

static int sync_root(const struct disk *disk)
{
	int root = open(disk->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = root < 0 || syncfs(root) != 0 ? errno : 0;

	if (root >= 0)
		close(root);
	return error;
}

static int fresh_ext4(struct disk *disk)
{
	int error = write_image(disk);

	if (error == 0)
		error = mount_ext4(disk);
	return error != 0 ? error : sync_root(disk);
}

/* From now on nothing reaches the disk, whatever is being written or synced. */
static int cut(int member)
{
	uint32_t how = SHUTDOWN_NO_LOG_FLUSH;
	int error, root;

	if (disks[member].off)
		return 0;
	if ((error = pull_plug(member)) != 0)
		return error;
	root = open(disks[member].root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	error = root < 0 || ioctl(root, SHUTDOWN, &how) != 0 ? errno : 0;
	if (root >= 0)
		close(root);
	disks[member].off = error == 0;
	return error;
}

static int lose_power(int member)
{
	int error = cut(member);

	return error != 0 ? error : unmount_ext4(&disks[member]);
}

static int restore_power(int member)
{
	int error = disks[member].mounted ? EBUSY : put_plug_in(member);

	return error != 0 ? error : mount_ext4(&disks[member]);
}

static void fill_name(const struct disk *disk, char *name, size_t size)
{
	snprintf(name, size, "%s/fill", disk->root);
}

static int unfill_ext4(const struct disk *disk)
{
	char name[64];

	fill_name(disk, name, sizeof(name));
	return unlink(name) == 0 || errno == ENOENT ? 0 : errno;
}

static int fill_ext4(const struct disk *disk, uint64_t leave)
{
	struct statfs space;
	uint64_t available;
	char name[64];
	int fd, error = unfill_ext4(disk);

	if (error != 0)
		return error;
	if (statfs(disk->root, &space) != 0)
		return errno;
	available = (uint64_t)space.f_bavail * (uint64_t)space.f_bsize;
	if (available <= leave)
		return 0;
	fill_name(disk, name, sizeof(name));
	fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	if (fallocate(fd, 0, 0, (off_t)(available - leave)) != 0)
		error = errno;
	close(fd);
	return error;
}

static int act_on_ext4(int member, uint8_t action, uint64_t argument)
{
	struct disk *disk = &disks[member];
	int error;

	if (action == MOUNT)
		return restore_power(member);
	if (action >= SLOW && action <= HEALTHY)
		return act_on_device(member, action, argument);
	if (action == WIPE) {
		if (process_runs(member))
			return EBUSY;
		if ((error = unmount_ext4(disk)) == 0)
			error = put_plug_in(member);
		return error != 0 ? error : fresh_ext4(disk);
	}
	if (!disk->mounted)
		return ENODEV;
	if (action == CUT)
		return cut(member);
	if (action == POWER_LOSS)
		return process_runs(member) ? EBUSY : lose_power(member);
	return action == FILL ? fill_ext4(disk, argument) : unfill_ext4(disk);
}

/* ---- tmpfs ---- */

static int mount_tmpfs(const struct disk *disk, unsigned long flags, uint64_t bytes)
{
	char options[64];

	snprintf(options, sizeof(options), "mode=700,size=%llu", (unsigned long long)bytes);
	return mount("data", disk->data, "tmpfs", flags, options) == 0 ? 0 : errno;
}

static int act_on_tmpfs(int member, uint8_t action, uint64_t argument)
{
	struct disk *disk = &disks[member];
	struct statfs space;

	switch (action) {
	case FILL: /* less room, rather than a file, which would take the memory */
		if (statfs(disk->data, &space) != 0)
			return errno;
		return mount_tmpfs(disk, MS_REMOUNT,
				   (uint64_t)(space.f_blocks - space.f_bfree) * (uint64_t)space.f_bsize + argument);
	case UNFILL:
		return mount_tmpfs(disk, MS_REMOUNT, TMPFS_BYTES);
	case WIPE:
		if (process_runs(member))
			return EBUSY;
		return umount(disk->data) == 0 ? mount_tmpfs(disk, 0, TMPFS_BYTES) : errno;
	default:
		return ENOTSUP;
	}
}

/* ---- both ---- */

int disk_act(int member, uint8_t action, uint64_t argument)
{
	if (action < POWER_LOSS || action > CUT)
		return EINVAL;
	return kind == DISK_EXT4 ? act_on_ext4(member, action, argument) : act_on_tmpfs(member, action, argument);
}

static void set_up(int member)
{
	struct disk *disk = &disks[member];
	int device, error;

	snprintf(disk->ram, sizeof(disk->ram), "/dev/ram%d", member);
	snprintf(disk->device, sizeof(disk->device), "/dev/ram%d", member);
	snprintf(disk->root, sizeof(disk->root), "/disk/%d", member);
	snprintf(disk->data, sizeof(disk->data), "/data/%d", member);
	if (mkdir(disk->data, 0700) != 0)
		fatal("%s: %s", disk->data, strerror(errno));
	if (kind == DISK_TMPFS) {
		if ((error = mount_tmpfs(disk, 0, TMPFS_BYTES)) != 0)
			fatal("mounting %s: %s", disk->data, strerror(error));
		return;
	}
	device = open(disk->ram, O_RDONLY | O_CLOEXEC);
	if (mkdir(disk->root, 0700) != 0 || device < 0 || ioctl(device, BLKGETSIZE64, &disk->sectors) != 0)
		fatal("%s: %s", disk->ram, strerror(errno));
	close(device);
	disk->sectors /= 512;
	if (mapper >= 0)
		make_mapped(member);
	if ((error = fresh_ext4(disk)) != 0)
		fatal("mounting %s: %s", disk->device, strerror(error));
}

void disk_setup(int members, enum disk_kind wanted)
{
	kind = wanted;
	if (kind != DISK_TMPFS && kind != DISK_EXT4)
		fatal("there is no disk of kind %d", kind);
	if (kind == DISK_EXT4)
		mapper = open("/dev/mapper/control", O_RDWR | O_CLOEXEC); /* fails where the kernel has none */
	for (int member = 0; member < members; member++)
		set_up(member);
}
