package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusResponse;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What no real etcd of a test can be made to answer; the rest is in {@code EtcdTest}. */
class DecoderTest {

  private static final ResponseHeader HEADER =
      ResponseHeader.newBuilder()
          .setClusterId(-1)
          .setMemberId(-2)
          .setRevision(3)
          .setRaftTerm(4)
          .build();

  @Test
  void aHeaderKeepsItsUnsignedIds() {
    assertThat(Decoder.header(HEADER)).isEqualTo(new Header(-1, -2, 3, 4));
  }

  @Test
  void aHashIsUnsignedAndItsRevisionIsFoundWhereItIsTold() {
    HashKVResponse before36 =
        HashKVResponse.newBuilder()
            .setHeader(HEADER)
            .setHash(0xffff_ffff)
            .setCompactRevision(2)
            .build();
    assertThat(Decoder.hash(before36))
        .isEqualTo(new Response.KvHash(Decoder.header(HEADER), 0xffff_ffffL, 2, 0));
    assertThat(
            Decoder.hash(
                    before36.toBuilder()
                        .setUnknownFields(MissingFields.ofVarint(MissingFields.HASH_REVISION, 9))
                        .build())
                .hashRevision())
        .isEqualTo(9);
  }

  @Test
  void alarmsAreNamedAlsoThoseThatJetcdDoesNotKnow() {
    AlarmResponse.Builder answer = AlarmResponse.newBuilder().setHeader(HEADER);
    for (int alarm = 1; alarm <= 3; alarm++) {
      answer.addAlarms(AlarmMember.newBuilder().setMemberID(-1).setAlarmValue(alarm));
    }
    assertThat(Decoder.alarms(answer.build()).alarms())
        .containsExactly(
            "NOSPACE@18446744073709551615",
            "CORRUPT@18446744073709551615",
            "ALARM-3@18446744073709551615");
  }

  @Test
  void aStatusKeepsEveryField() {
    assertThat(
            Decoder.status(
                StatusResponse.newBuilder()
                    .setHeader(HEADER)
                    .setVersion("3.6.1")
                    .setDbSize(1)
                    .setLeader(2)
                    .setRaftIndex(3)
                    .setRaftTerm(4)
                    .setRaftAppliedIndex(5)
                    .setIsLearner(true)
                    .addErrors("memberID:1 alarm:CORRUPT")
                    .build()))
        .isEqualTo(
            new Response.MemberStatus(
                Decoder.header(HEADER),
                "3.6.1",
                1,
                2,
                3,
                4,
                5,
                true,
                List.of("memberID:1 alarm:CORRUPT")));
  }

  @Test
  void whatNoEtcdCanHaveMeantIsRefused() {
    assertThatThrownBy(
            () -> Decoder.granted(LeaseGrantResponse.newBuilder().setError("no").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no");
    assertThatThrownBy(() -> Decoder.events(List.of(Event.newBuilder().setTypeValue(7).build())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7");
  }

  @Test
  void aDeleteIsNoCreationAlsoWhereAllRevisionsAreZero() {
    KeyValue key = KeyValue.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();
    Event delete = Event.newBuilder().setType(Event.EventType.DELETE).setKv(key).build();
    assertThat(Decoder.events(List.of(delete)).getFirst().created()).isFalse();
  }
}
