package io.etcdrobustness.spec;

import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * When a scheduled run begins: minute, hour, day of the month, month and day of the week, as cron
 * and Kubernetes' CronJobs have them. As there, if both days are restricted either may match
 * (crontab(5)).
 */
public final class CronSchedule {

  private static final String ADVICE =
      "; write minute, hour, day of month, month and day of week, such as \"0 2 * * *\"";

  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet daysOfMonth;
  private final BitSet months;
  private final BitSet daysOfWeek;
  private final boolean eitherDay;

  private CronSchedule(String[] fields) {
    minutes = field("minute", fields[0], 0, 59, List.of());
    hours = field("hour", fields[1], 0, 23, List.of());
    daysOfMonth = field("day of month", fields[2], 1, 31, List.of());
    months = field("month", fields[3], 1, 12, MONTHS);
    daysOfWeek = field("day of week", fields[4], 0, 7, DAYS);
    if (daysOfWeek.get(7)) {
      daysOfWeek.set(0); // Sunday has two numbers.
    }
    eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
  }

  /**
   * Parses five fields.
   *
   * @throws IllegalArgumentException with a sentence for the user, if it is not a schedule, or one
   *     of days that no month has
   */
  public static CronSchedule parse(String text) {
    String[] fields = text.trim().split("\\s+");
    if (fields.length != 5) {
      throw new IllegalArgumentException(
          Quoted.of(text) + " has " + fields.length + " of the 5 fields of a schedule" + ADVICE);
    }
    CronSchedule schedule = new CronSchedule(fields);
    boolean everBegins =
        schedule.eitherDay
            || schedule.months.stream()
                .anyMatch(month ->
                    schedule.daysOfMonth.nextSetBit(1) <= java.time.Month.of(month).maxLength());
    if (!everBegins) {
      throw new IllegalArgumentException(
          Quoted.of(text) + " names a day that its months do not have; write a day of 1 to 28");
    }
    return schedule;
  }

  /** The first time after {@code after} at which a run begins; empty if none is in 30 years. */
  public Optional<ZonedDateTime> next(ZonedDateTime after) {
    ZonedDateTime time = after.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    ZonedDateTime end = after.plusYears(30);
    while (time.isBefore(end)) {
      if (!months.get(time.getMonthValue())) {
        time = time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).plusMonths(1);
      } else if (!isDay(time)) {
        time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
      } else if (!hours.get(time.getHour())) {
        time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
      } else if (!minutes.get(time.getMinute())) {
        time = time.plusMinutes(1);
      } else {
        return Optional.of(time);
      }
    }
    return Optional.empty();
  }

  private boolean isDay(ZonedDateTime time) {
    boolean ofMonth = daysOfMonth.get(time.getDayOfMonth());
    boolean ofWeek = daysOfWeek.get(time.getDayOfWeek().getValue() % 7);
    return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
  }

  private static BitSet field(String name, String text, int low, int high, List<String> words) {
    BitSet chosen = new BitSet();
    for (String part : text.split(",", -1)) {
      String[] stepped = part.split("/", -1);
      String[] ends = stepped[0].split("-", -1);
      if (stepped.length > 2 || ends.length > 2) {
        throw wrong(name, part);
      }
      boolean any = ends[0].equals("*");
      int from = any ? low : number(name, ends[0], low, high, words);
      // As in cron, 5/10 goes on to the end, and 5 is that alone.
      int to =
          ends.length == 2
              ? number(name, ends[1], low, high, words)
              : any || stepped.length == 2 ? high : from;
      int step = stepped.length == 2 ? number(name, stepped[1], 1, high, List.of()) : 1;
      if (from > to || (any && ends.length == 2)) {
        throw wrong(name, part);
      }
      for (int i = from; i <= to; i += step) {
        chosen.set(i);
      }
    }
    return chosen;
  }

  private static int number(String name, String text, int low, int high, List<String> words) {
    int word = words.indexOf(text.toUpperCase(Locale.ROOT));
    if (word >= 0) {
      return low + word;
    }
    if (!text.matches("[0-9]{1,4}")
        || Integer.parseInt(text) < low
        || Integer.parseInt(text) > high) {
      throw new IllegalArgumentException(
          "the %s %s of the schedule is not a number from %d to %d%s"
              .formatted(name, Quoted.of(text), low, high, ADVICE));
    }
    return Integer.parseInt(text);
  }

  private static IllegalArgumentException wrong(String name, String part) {
    return new IllegalArgumentException(
        "the " + name + " " + Quoted.of(part) + " of the schedule cannot be read" + ADVICE);
  }
}
