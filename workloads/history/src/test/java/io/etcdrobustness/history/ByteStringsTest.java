package io.etcdrobustness.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ByteStringsTest {

  @Test
  void everyByteIsOneChar() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    assertThat(ByteStrings.of(bytes)).hasSize(256).startsWith("\0").endsWith("\u00ff");
    assertThat(ByteStrings.bytes(ByteStrings.of(bytes))).isEqualTo(bytes);
  }

  @Test
  void theEndOfAPrefixIsTheNextPrefix() {
    assertThat(ByteStrings.prefixEnd("key")).isEqualTo("kez");
    assertThat(ByteStrings.prefixEnd("a\u00ff")).isEqualTo("b");
    assertThat(ByteStrings.prefixEnd("a\u00fe")).isEqualTo("a\u00ff");
    assertThat(ByteStrings.prefixEnd("a/\u00ff\u00ff")).isEqualTo("a0");
  }

  @Test
  void aPrefixWithoutANextOneHasNoEnd() {
    assertThat(ByteStrings.prefixEnd("")).isEqualTo("\0");
    assertThat(ByteStrings.prefixEnd("\u00ff\u00ff")).isEqualTo("\0");
  }

  @Test
  void aRangeHoldsItsStartAndNotItsEnd() {
    assertThat(ByteStrings.inRange("b", "b", "d")).isTrue();
    assertThat(ByteStrings.inRange("c\u00ff", "b", "d")).isTrue();
    assertThat(ByteStrings.inRange("d", "b", "d")).isFalse();
    assertThat(ByteStrings.inRange("a\u00ff", "b", "d")).isFalse();
  }

  @Test
  void aRangeWithoutEndIsOneKey() {
    assertThat(ByteStrings.inRange("b", "b", "")).isTrue();
    assertThat(ByteStrings.inRange("b\0", "b", "")).isFalse();
  }

  @Test
  void aRangeToZeroHasNoEnd() {
    assertThat(ByteStrings.inRange("\u00ff\u00ff", "b", "\0")).isTrue();
    assertThat(ByteStrings.inRange("a", "b", "\0")).isFalse();
    assertThat(ByteStrings.inRange("a", "\0", "\0")).isTrue();
  }

  @Test
  void aRangeThatEndsBeforeItsStartIsEmpty() {
    assertThat(ByteStrings.inRange("c", "d", "b")).isFalse();
  }

  @Test
  void valuesOf64BytesAreWhole() {
    byte[] bytes = bytes(64, 'x');
    assertThat(ByteStrings.value(bytes)).isEqualTo("x".repeat(64));
  }

  @Test
  void longValuesAreTokensThatTellValuesApart() {
    byte[] one = bytes(65, 'x');
    byte[] other = one.clone();
    other[64] = 'y';
    byte[] longer = bytes(66, 'x');

    assertThat(ByteStrings.value(one))
        .startsWith("x".repeat(64) + "#65:")
        .hasSize(64 + 4 + 32)
        .isEqualTo(ByteStrings.value(one.clone()))
        .isNotEqualTo(ByteStrings.value(other))
        .isNotEqualTo(ByteStrings.value(longer));
  }

  @Test
  void aTokenIsTheSha256OfTheValue() {
    // echo -n $(printf 'a%.0s' $(seq 1000)) | sha256sum
    assertThat(ByteStrings.value(bytes(1000, 'a')))
        .isEqualTo("a".repeat(64) + "#1000:41edece42d63e8d9bf515a9ba6932e1c");
  }

  @Test
  void longValuesWithDifferentBeginningsKeepTheirOrder() {
    byte[] small = ("1" + "z".repeat(99)).getBytes(StandardCharsets.US_ASCII);
    byte[] large = ("2" + "a".repeat(199)).getBytes(StandardCharsets.US_ASCII);
    assertThat(ByteStrings.value(small)).isLessThan(ByteStrings.value(large));
  }

  private static byte[] bytes(int length, char content) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) content);
    return bytes;
  }
}
