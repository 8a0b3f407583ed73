/** Which of the formats a path holds; knows every reader, and no format itself. */
@NullMarked
package io.etcdrobustness.history.formats;

import org.jspecify.annotations.NullMarked;
