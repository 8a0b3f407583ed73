package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import io.etcdrobustness.runs.report.ReportFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The end of a file, for whoever does not want to download the whole. */
final class LogPage {

  private static final int LONGEST = 128 << 10;

  private LogPage() {}

  /**
   * The page.
   *
   * @param path the file's, below its report; the page's address ends like it
   */
  static String of(Path file, String path) throws IOException {
    ReportFiles.End end = ReportFiles.end(file, LONGEST);
    String text = new String(end.bytes(), StandardCharsets.UTF_8);
    // The first line may have lost its beginning.
    int line = end.skipped() > 0 ? text.indexOf('\n') + 1 : 0;
    String name = path.substring(path.lastIndexOf('/') + 1);
    String href = Html.escape("./" + Html.encode(name));
    int folders = path.length() - path.replace("/", "").length();
    String back = folders == 0 ? "./" : "../".repeat(folders);
    return Html.page(
        path,
        """
        <p class="facts">%s<a href="%s" download>The whole, %s</a> · <a href="%s">the run</a></p>
        <div class="panel" tabindex="0" role="region" aria-label="the file's end"><pre class="mono log">%s</pre></div>
        """
            .formatted(
                end.skipped() > 0 ? "Its end. " : "",
                href,
                Html.size(end.skipped() + end.bytes().length),
                back,
                Html.escape(text.substring(line))));
  }
}
