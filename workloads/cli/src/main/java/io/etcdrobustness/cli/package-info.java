/**
 * The {@code robustness} command: runs without Kubernetes, and all the tools on a report.
 *
 * <p>One class per subcommand. They parse, call, and print; nothing here decides a verdict. The
 * words on standard output and the exit codes are a contract that scripts depend on (README).
 */
@NullMarked
package io.etcdrobustness.cli;

import org.jspecify.annotations.NullMarked;
