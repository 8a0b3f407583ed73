package io.etcdrobustness.runs.vm;

import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Response.KvHash;
import io.etcdrobustness.history.Response.MemberStatus;
import io.etcdrobustness.runs.ClusterLostException;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * Looks at the members of a run that was stopped.
 *
 * <ol>
 *   <li>Every process is stopped, so that all data directories are copied as of one instant.
 *   <li>Those that ran go on, and say how they are and what they hold.
 * </ol>
 *
 * <p>What a fault did to a member stays: one that is paused or down is not asked, and between
 * members that are cut off from each other packets are lost still.
 */
final class Examination {

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final GuestLoop loop;
  private final Guest guest;
  private final List<GuestMember> members;
  private final Path directory;

  /**
   * Of these members.
   *
   * @param directory of the report's members
   */
  Examination(GuestLoop loop, Guest guest, List<GuestMember> members, Path directory) {
    this.loop = loop;
    this.guest = guest;
    this.members = members;
    this.directory = directory;
  }

  /** One of the members, as far as it is known. */
  private static final class Found {
    String process = "";
    Optional<Stop.Data> data = Optional.empty();
    Optional<MemberStatus> status = Optional.empty();
    Optional<KvHash> hash = Optional.empty();
    long hashRevision;
    final List<String> notes = new ArrayList<>();
  }

  /** Finds out all of it; nothing else is to happen on the loop. */
  Stop examine(long at, EtcdConnections connections)
      throws ClusterLostException, InterruptedException {
    Map<GuestMember, Found> all = new LinkedHashMap<>();
    for (GuestMember member : members) {
      Found found = new Found();
      found.process =
          !member.isRunning()
              ? "is down: " + member.lastEnd()
              : member.isPaused() ? "is paused" : "runs";
      all.put(member, found);
    }
    List<GuestMember> running =
        members.stream().filter(member -> member.isRunning() && !member.isPaused()).toList();
    signal(running, GuestMember.STOP);
    for (Map.Entry<GuestMember, Found> each : all.entrySet()) {
      copy(each.getKey(), each.getValue());
    }
    signal(running, GuestMember.CONT);
    ask(running, all, connections);
    return new Stop(
        at, all.entrySet().stream().map(each -> told(each.getKey(), each.getValue())).toList());
  }

  private void signal(List<GuestMember> some, int signal)
      throws ClusterLostException, InterruptedException {
    List<CompletableFuture<byte[]>> sent =
        some.stream()
            .map(member -> guest.ask(seq -> new Command.Signal(seq, member.index(), signal)))
            .toList();
    for (int i = 0; i < sent.size(); i++) {
      // One that has just ended by itself is not there to be stopped.
      var _ = await(sent.get(i));
    }
  }

  /** The stage's result; empty with the guest's refusal in place of it. */
  private <T> Result<T> await(CompletionStage<T> stage)
      throws ClusterLostException, InterruptedException {
    try {
      return new Result<>(Optional.of(loop.await(stage)), "");
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof ClusterLostException lost) {
        throw lost;
      }
      return new Result<>(Optional.empty(), String.valueOf(failure.getCause()));
    }
  }

  private record Result<T>(Optional<T> value, String why) {}

  private void copy(GuestMember member, Found found)
      throws ClusterLostException, InterruptedException {
    if (!member.hasDisk()) {
      found.notes.add("its disk is not there");
      return;
    }
    String folder = member.name() + "/data";
    Path to = directory.resolve(folder);
    int files = 0;
    long bytes = 0;
    List<Place> places = new ArrayList<>(List.of(new Place(member.data(), to)));
    for (int i = 0; i < places.size(); i++) {
      Place place = places.get(i);
      Result<List<GuestFile>> listing = await(guest.folder(place.from()));
      if (listing.value().isEmpty()) {
        found.notes.add("%s could not be listed: %s".formatted(place.from(), listing.why()));
      }
      make(place.to());
      for (GuestFile file : listing.value().orElse(List.of())) {
        Place inside = new Place(place.from() + "/" + file.name(), place.to().resolve(file.name()));
        if (file.isFolder()) {
          places.add(inside);
        } else if (file.isFile()) {
          copy(inside, file.size(), found);
          files++;
          bytes += file.size();
        }
      }
    }
    found.data = Optional.of(new Stop.Data(folder, files, bytes));
  }

  private record Place(String from, Path to) {}

  private static void make(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException failure) {
      throw new UncheckedIOException("a member's data cannot be kept", failure);
    }
  }

  /** What etcd has allocated ahead holds zeros, and takes no place here. */
  private void copy(Place place, long size, Found found)
      throws ClusterLostException, InterruptedException {
    try (FileChannel out =
        FileChannel.open(
            place.to(),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.SPARSE)) {
      long done = 0;
      while (done < size) {
        Result<byte[]> part = await(guest.part(place.from(), done));
        byte[] bytes = part.value().orElse(new byte[0]);
        if (bytes.length == 0) {
          found.notes.add(
              "%s could be read up to %d of %d bytes%s"
                  .formatted(
                      place.from(), done, size, part.why().isEmpty() ? "" : ": " + part.why()));
          break;
        }
        done += bytes.length;
        int length = withoutZeros(bytes);
        // The last byte makes the file as long as it is there.
        if (done >= size && length == 0) {
          out.write(ByteBuffer.wrap(bytes, bytes.length - 1, 1), done - 1);
        } else if (done >= size) {
          out.write(ByteBuffer.wrap(bytes), done - bytes.length);
        } else if (length > 0) {
          out.write(ByteBuffer.wrap(bytes, 0, length), done - bytes.length);
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("a member's data cannot be kept", failure);
    }
  }

  private static int withoutZeros(byte[] bytes) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    return length;
  }

  private void ask(
      List<GuestMember> running, Map<GuestMember, Found> all, EtcdConnections connections)
      throws ClusterLostException, InterruptedException {
    for (GuestMember member : running) {
      Found found = found(all, member);
      found.status = answer(connections, member, new Request.Status(), MemberStatus.class, found);
    }
    long revision =
        all.values().stream()
            .flatMap(found -> found.status.stream())
            .mapToLong(status -> status.header().revision())
            .min()
            .orElse(0);
    for (GuestMember member : running) {
      Found found = found(all, member);
      if (found.status.isPresent()) {
        found.hashRevision = revision;
        found.hash = answer(connections, member, new Request.HashKv(revision), KvHash.class, found);
      }
    }
  }

  private static Found found(Map<GuestMember, Found> all, GuestMember member) {
    Found found = all.get(member);
    if (found == null) {
      throw new IllegalArgumentException(member.name() + " is not looked at");
    }
    return found;
  }

  private <R extends Response> Optional<R> answer(
      EtcdConnections connections, GuestMember member, Request request, Class<R> kind, Found found)
      throws ClusterLostException, InterruptedException {
    Result<Outcome> asked = await(connections.pinnedTo(member.name()).send(request, PATIENCE));
    Outcome outcome = asked.value().orElseThrow(() -> new IllegalStateException(asked.why()));
    return switch (outcome) {
      case Outcome.Ok ok when kind.isInstance(ok.response()) ->
          Optional.of(kind.cast(ok.response()));
      case Outcome other -> {
        found.notes.add(
            "it did not answer %s: %s".formatted(request.getClass().getSimpleName(), other));
        yield Optional.empty();
      }
    };
  }

  private static Stop.Member told(GuestMember member, Found found) {
    return new Stop.Member(
        member.name(),
        found.process,
        found.status.map(status ->
            new Stop.Answer(
                status.version(),
                status.leader() != 0 && status.leader() == status.header().memberId(),
                status.raftTerm(),
                status.raftIndex(),
                status.raftAppliedIndex(),
                status.header().revision(),
                found.hashRevision,
                found.hash.map(KvHash::hash),
                status.errors())),
        found.data,
        String.join("; ", found.notes));
  }
}
