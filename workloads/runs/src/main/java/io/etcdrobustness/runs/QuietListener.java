package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Finding;

/** Nobody watches. */
public final class QuietListener implements RunListener {

  @Override
  public void note(String sentence) {}

  @Override
  public void progress(Progress progress) {}

  @Override
  public void judged(Finding finding) {}
}
