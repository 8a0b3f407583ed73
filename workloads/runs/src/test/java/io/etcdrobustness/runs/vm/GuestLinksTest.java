package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.faults.Agent.Drop;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.agent.OngoingFault;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A fault of the network heals, whatever becomes of the members meanwhile. */
class GuestLinksTest {

  private static final int OK = 0;
  private static final int INVALID = 22;
  private static final byte[] NOTHING = new byte[0];

  private final GuestLoop loop = new GuestLoop(1, failure -> {});
  private final Guest guest = new Guest(loop);

  /** Answers are numbered as what was asked is: from 1 on, which starts the first member. */
  private int answered;

  private final List<GuestMember> members = List.of(member(0), member(1));
  private final OngoingFault cut =
      new GuestLinks(guest, members).fault("f1-partition", 0, 1, Half.BOTH, new Drop());

  private GuestMember member(int index) {
    GuestMember member =
        new GuestMember(
            index,
            "v3.7.3",
            guest,
            _ -> new GuestMember.Launch(List.of("etcd"), List.of()),
            loop,
            _ -> {});
    var _ = member.start();
    answer(OK, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(60).array());
    return member;
  }

  private void answer(int errno, byte[] bytes) {
    guest.happened(new Event.Result(++answered, errno, bytes));
  }

  private void answer(int errno) {
    answer(errno, NOTHING);
  }

  @Test
  void aMemberThatGoesWhileItIsLookedAtHasReceivedNothing() {
    CompletableFuture<Void> begun = cut.begin().toCompletableFuture();
    answer(OK); // one way is cut
    answer(OK); // the other
    answer(Errno.NO_FILE); // its process has just gone: /proc/60 is not there
    assertThat(begun).isNotDone();
    answer(OK);
    assertThat(begun).as("a fault that has not begun is not ended either").isCompleted();

    CompletableFuture<Proof> ended = cut.end().toCompletableFuture();
    answer(Errno.NO_PROCESS);
    answer(OK);
    assertThat(ended).as("both ways are to be healed").isNotDone();
    answer(OK);
    answer(OK);
    assertThat(ended).isCompletedWithValue(new Proof(true, "0 packets arrived on 2 cut ways"));
  }

  @Test
  void ofACutThatCannotBeginNothingIsLeft() {
    CompletableFuture<Void> begun = cut.begin().toCompletableFuture();
    answer(OK);
    answer(INVALID);
    assertThat(begun).as("both ways are healed first").isNotDone();
    answer(OK);
    answer(OK);
    assertThat(begun).isCompletedExceptionally();
  }
}
