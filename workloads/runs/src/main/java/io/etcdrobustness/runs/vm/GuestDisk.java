package io.etcdrobustness.runs.vm;

import io.etcdrobustness.faults.CannotHereException;
import io.etcdrobustness.runs.vm.Command.Disk.Action;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One member's disk, on which troubles compose: it is there unless it is without power, as full as
 * the fullest wants it, fails if any wants it to, and else is as slow as all together.
 */
final class GuestDisk {

  private static final int PAGE = 4_096;
  private static final int OWNER_ONLY = 0600;

  private final Guest guest;
  private final GuestMember member;
  private final boolean real;
  private final Set<Object> outages = new LinkedHashSet<>();
  private final Map<Object, Long> fills = new LinkedHashMap<>();
  private final Map<Object, Long> slows = new LinkedHashMap<>();
  private final Map<Object, Boolean> failures = new LinkedHashMap<>();

  /** What the kernel has counted of a disk's requests. */
  record Requests(long count, long millis) {}

  /**
   * A disk in order.
   *
   * @param real whether it is one, and not memory
   */
  GuestDisk(Guest guest, GuestMember member, boolean real) {
    this.guest = guest;
    this.member = member;
    this.real = real;
  }

  private CompletionStage<Void> act(Action action, long argument) {
    return guest
        .ask(seq -> new Command.Disk(seq, member.index(), action, argument))
        .<Void>thenApply(_ -> null)
        .exceptionallyCompose(failure ->
            CompletableFuture.failedFuture(
                RefusedException.errno(failure).equals(Optional.of(Errno.NOT_SUPPORTED))
                    ? cannot()
                    : failure));
  }

  private CannotHereException cannot() {
    return new CannotHereException(
        real
            ? "this kernel has no device mapper; build one by hack/vm/build"
            : "the members' disks are memory; write cluster.storage.type: EmptyDir");
  }

  /** Fails for memory, which loses all with its power. */
  CompletionStage<Void> canLosePower() {
    return real
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(cannot());
  }

  /** From now on nothing reaches it, not even what is being synced in this moment. */
  CompletionStage<Void> cut() {
    return member.hasDisk() ? act(Action.CUT, 0) : CompletableFuture.completedFuture(null);
  }

  /** Takes its power, if it has any; the process must be down. */
  CompletionStage<Void> losePower(Object who) {
    outages.add(who);
    return unmount()
        .whenComplete((_, failure) -> {
          if (failure != null) {
            outages.remove(who);
          }
        });
  }

  /** Has the disk forget what was not synced; it is not there afterwards. */
  private CompletionStage<Void> unmount() {
    return member.hasDisk()
        ? act(Action.POWER_LOSS, 0).thenAccept(_ -> member.diskIsThere(false))
        : CompletableFuture.completedFuture(null);
  }

  /** Gives its power back; whether it is there then, which it is not while it fails. */
  CompletionStage<Boolean> restorePower(Object who) {
    outages.remove(who);
    return mount();
  }

  private CompletionStage<Boolean> mount() {
    if (member.hasDisk() || !outages.isEmpty() || !failures.isEmpty()) {
      return CompletableFuture.completedFuture(member.hasDisk());
    }
    return act(Action.MOUNT, 0)
        .thenCompose(_ -> {
          member.diskIsThere(true);
          return fillAsWanted();
        })
        .thenApply(_ -> true);
  }

  /** Leaves so many bytes of it. */
  CompletionStage<Void> fill(Object who, long free) {
    fills.put(who, free);
    return fillAsWanted()
        .whenComplete((_, failure) -> {
          if (failure != null) {
            fills.remove(who);
          }
        });
  }

  CompletionStage<Void> unfill(Object who) {
    fills.remove(who);
    return fillAsWanted();
  }

  private CompletionStage<Void> fillAsWanted() {
    if (!member.hasDisk()) {
      return CompletableFuture.completedFuture(null);
    }
    Optional<Long> free = fills.values().stream().min(Long::compare);
    if (free.isEmpty()) {
      return act(Action.UNFILL, 0);
    }
    // The last blocks are needed to tell where the others are: then it is as full as it can be.
    return act(Action.FILL, free.get())
        .exceptionallyCompose(failure ->
            RefusedException.errno(failure).equals(Optional.of(Errno.NO_SPACE))
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(failure));
  }

  /** Whether a file that needs {@code more} bytes than shall be left finds no room. */
  CompletionStage<Boolean> isFull(long more) {
    long free = fills.values().stream().mapToLong(Long::longValue).min().orElse(0);
    String probe = "/data/" + member.index() + "/probe";
    CompletionStage<Boolean> full =
        guest
            .ask(seq -> new Command.Write(seq, probe, OWNER_ONLY, new byte[(int) (free + more)]))
            .handle((_, failure) ->
                RefusedException.errno(failure).equals(Optional.of(Errno.NO_SPACE)));
    // Without contents it takes no room; it may find none even for its name.
    CompletionStage<Boolean> emptied =
        guest
            .ask(seq -> new Command.Write(seq, probe, OWNER_ONLY, new byte[0]))
            .handle((_, failure) -> failure == null);
    return full.thenCombine(emptied, (took, _) -> took);
  }

  /** Has each request take so many µs more. */
  CompletionStage<Void> slowDown(Object who, long micros) {
    slows.put(who, micros);
    return exchange()
        .whenComplete((_, failure) -> {
          if (failure != null) {
            slows.remove(who);
          }
        });
  }

  CompletionStage<Void> speedUp(Object who) {
    slows.remove(who);
    return exchange();
  }

  /** Has writes fail, and reads too if so wanted. */
  CompletionStage<Void> fail(Object who, boolean reads) {
    failures.put(who, reads);
    return exchange()
        .whenComplete((_, failure) -> {
          if (failure != null) {
            failures.remove(who);
          }
        });
  }

  /**
   * Has it fail no more, and forget what was not synced; the process must be down.
   *
   * @return whether it is there then
   */
  CompletionStage<Boolean> recover(Object who) {
    return unmount()
        .thenCompose(_ -> {
          failures.remove(who);
          return exchange();
        })
        .thenCompose(_ -> mount());
  }

  private CompletionStage<Void> exchange() {
    if (!failures.isEmpty()) {
      return act(Action.FAILING, failures.containsValue(true) ? 2 : 1);
    }
    long micros = slows.values().stream().mapToLong(Long::longValue).sum();
    return micros > 0 ? act(Action.SLOW, micros) : act(Action.HEALTHY, 0);
  }

  /** What the kernel has counted. */
  CompletionStage<Requests> requests() {
    return guest.file("/proc/diskstats").thenApply(bytes -> requests(text(bytes)));
  }

  /** Linux, Documentation/admin-guide/iostats.rst: reads, their time, writes and theirs. */
  private Requests requests(String table) {
    String device = "dm-" + member.index();
    return table
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length > 10 && fields[2].equals(device))
        .map(fields ->
            new Requests(
                Long.parseLong(fields[3]) + Long.parseLong(fields[7]),
                Long.parseLong(fields[6]) + Long.parseLong(fields[10])))
        .findFirst()
        .orElse(new Requests(0, 0));
  }

  /** Whether the member's database can be found on it. */
  CompletionStage<Boolean> hasData() {
    String database = "/data/" + member.index() + "/etcd/member/snap/db";
    return guest
        .ask(seq -> new Command.Read(seq, database, 0, PAGE))
        .handle((_, failure) -> failure == null);
  }

  /** What all members have written and not synced, KiB. */
  CompletionStage<Long> unsynced() {
    return guest
        .file("/proc/meminfo")
        .thenApply(bytes ->
            text(bytes)
                .lines()
                .filter(line -> line.startsWith("Dirty:"))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1]))
                .sum());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
