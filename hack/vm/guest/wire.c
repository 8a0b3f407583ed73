/* Little-endian, as is the only machine that this runs on. */
#include "init.h"

#include <stdlib.h>
#include <string.h>

void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (memory == NULL)
		fatal("out of memory (%zu bytes)", size);
	return memory;
}

unsigned char *bytes_room(struct bytes *bytes, size_t more)
{
	if (bytes->capacity - bytes->length < more) {
		size_t capacity = bytes->capacity ? bytes->capacity : 4096;

		while (capacity - bytes->length < more)
			capacity *= 2;
		bytes->data = realloc(bytes->data, capacity);
		if (bytes->data == NULL)
			fatal("out of memory (%zu bytes)", capacity);
		bytes->capacity = capacity;
	}
	return bytes->data + bytes->length;
}

void bytes_add(struct bytes *bytes, const void *data, size_t length)
{
	if (length == 0)
		return;
	memcpy(bytes_room(bytes, length), data, length);
	bytes->length += length;
}

void bytes_add_u8(struct bytes *bytes, uint8_t value)
{
	bytes_add(bytes, &value, sizeof(value));
}

void bytes_add_u32(struct bytes *bytes, uint32_t value)
{
	bytes_add(bytes, &value, sizeof(value));
}

void bytes_add_u64(struct bytes *bytes, uint64_t value)
{
	bytes_add(bytes, &value, sizeof(value));
}

const unsigned char *read_bytes(struct reader *reader, size_t length)
{
	const unsigned char *at = reader->at;

	if ((size_t)(reader->end - at) < length)
		fatal("a message of the host ends too early: %zu bytes missing", length - (size_t)(reader->end - at));
	reader->at += length;
	return at;
}

uint8_t read_u8(struct reader *reader)
{
	return *read_bytes(reader, 1);
}

uint16_t read_u16(struct reader *reader)
{
	uint16_t value;

	memcpy(&value, read_bytes(reader, sizeof(value)), sizeof(value));
	return value;
}

uint32_t read_u32(struct reader *reader)
{
	uint32_t value;

	memcpy(&value, read_bytes(reader, sizeof(value)), sizeof(value));
	return value;
}

uint64_t read_u64(struct reader *reader)
{
	uint64_t value;

	memcpy(&value, read_bytes(reader, sizeof(value)), sizeof(value));
	return value;
}

char *read_string(struct reader *reader)
{
	uint32_t length = read_u32(reader);
	const unsigned char *at = read_bytes(reader, length);
	char *string = allocate((size_t)length + 1);

	memcpy(string, at, length);
	return string;
}

char **read_strings(struct reader *reader)
{
	uint32_t count = read_u32(reader);
	char **strings;

	if (count > (size_t)(reader->end - reader->at) / 4)
		fatal("a message of the host has a list of %u strings, and ends before", count);
	strings = allocate(((size_t)count + 1) * sizeof(*strings));
	for (uint32_t i = 0; i < count; i++)
		strings[i] = read_string(reader);
	return strings;
}

void free_strings(char **strings)
{
	for (char **string = strings; *string != NULL; string++)
		free(*string);
	free(strings);
}
