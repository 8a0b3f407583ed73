package io.etcdrobustness.runs.report;

import java.time.Duration;

/**
 * A page of ours that keeps itself up to date. Its script asks for the page again and puts the
 * parts that are marked with {@code data-live} in the place of the old ones; without script the
 * page loads itself anew. When nobody answers it says so: a page that is old must not pass for one
 * that is new.
 */
public final class LivePage {

  static final String SCRIPT = Resource.text("live.js");

  private LivePage() {}

  /**
   * The page.
   *
   * @param kind two pages of different kinds have different parts
   * @param every how often it is asked for again; zero: never
   * @param main what it shows, as HTML
   */
  public static String of(String title, String kind, Duration every, String main) {
    long seconds = every.toSeconds();
    return Html.whole(
        title,
        seconds == 0
            ? ""
            : "<noscript><meta http-equiv=\"refresh\" content=\"%d\"></noscript>\n"
                .formatted(Math.max(5, seconds)),
        """
        <body data-page="%s" data-every="%d">
        <main>
        <div class="panel stale" id="stale" role="status" hidden></div>
        %s</main>
        <script>%s</script>
        </body>
        """
            .formatted(Html.escape(kind), seconds, main, SCRIPT));
  }
}
