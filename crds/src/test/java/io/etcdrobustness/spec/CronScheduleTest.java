package io.etcdrobustness.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 2 * * *      | 2026-11-22T23:30Z       | 2026-11-23T02:00Z",
        "0 2 * * *      | 2026-11-23T02:00Z       | 2026-11-24T02:00Z",
        "*/15 * * * *   | 2026-11-22T23:46:30Z    | 2026-11-23T00:00Z",
        "5,10 8-9 * * * | 2026-11-22T08:10Z       | 2026-11-22T09:05Z",
        "50/5 * * * *   | 2026-11-22T08:51Z       | 2026-11-22T08:55Z",
        "0 0 * * MON    | 2026-11-22T12:00Z       | 2026-11-23T00:00Z",
        "0 0 * * 7      | 2026-11-23T12:00Z       | 2026-11-29T00:00Z",
        "0 0 13 * fri   | 2026-11-23T12:00Z       | 2026-11-27T00:00Z",
        "0 0 29 FEB *   | 2026-11-22T12:00Z       | 2028-02-29T00:00Z",
        "30 4 1 1-6/5 * | 2026-01-02T00:00Z       | 2026-06-01T04:30Z",
      })
  void theNextRunIsTheFirstTimeThatMatchesAfterNow(
      String schedule, ZonedDateTime now, ZonedDateTime next) {
    assertThat(CronSchedule.parse(schedule).next(now)).contains(next);
  }

  @Test
  void anHourThatTheClockLeavesOutIsLeftOut() {
    ZonedDateTime evening = ZonedDateTime.parse("2026-03-28T20:00+01:00[Europe/Berlin]");

    assertThat(CronSchedule.parse("30 2 * * *").next(evening))
        .contains(ZonedDateTime.parse("2026-03-30T02:30+02:00[Europe/Berlin]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "a * * * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "1/2/3 * * * *",
        "1-2-3 * * * *",
        "*-3 * * * *",
        ", * * * *",
        "-1 * * * *",
        "0 0 31 4,6 *"
      })
  void whatIsNoScheduleIsRefusedWithWhatToWrite(String text) {
    assertThatThrownBy(() -> CronSchedule.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("; write ");
  }
}
