package io.etcdrobustness.runs.vm;

import io.etcdrobustness.runs.report.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run that was stopped under way, and how its members were found.
 *
 * @param at of the run's clock, ns; an operation that the record has end later was under way
 */
public record Stop(long at, List<Member> members) {

  private static final String FILE = "stop.json";

  public Stop {
    members = List.copyOf(members);
  }

  /**
   * A member as it was found.
   *
   * @param process what became of its process: {@code runs}, {@code is paused}, or how it ended
   * @param answer what it said of itself; empty if it did not
   * @param data its data directory, copied out
   * @param note what could not be found out, and why
   */
  public record Member(
      String name, String process, Optional<Answer> answer, Optional<Data> data, String note) {}

  /**
   * What a member said of itself when nothing was sent to it any more, some milliseconds later.
   *
   * @param hash of its store at {@code hashRevision}, which is the same for all; empty if it did
   *     not say
   */
  public record Answer(
      String version,
      boolean leads,
      long term,
      long index,
      long applied,
      long revision,
      long hashRevision,
      Optional<Long> hash,
      List<String> errors) {}

  /**
   * The files of a data directory, as they were while no member ran.
   *
   * @param folder beside the members' logs
   */
  public record Data(String folder, int files, long bytes) {}

  /** Writes it beside the members. */
  void write(Path members) throws IOException {
    Files.writeString(members.resolve(FILE), Json.of(this));
  }

  /**
   * Reads it.
   *
   * @param members folder of the report
   * @return empty if the run was not stopped
   */
  public static Optional<Stop> read(Path members) throws IOException {
    Path file = members.resolve(FILE);
    return Files.exists(file)
        ? Optional.of(Json.read(Files.readString(file), Stop.class))
        : Optional.empty();
  }
}
