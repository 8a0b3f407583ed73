package io.etcdrobustness.history;

/**
 * A condition of a txn ({@code etcdserverpb.Compare}).
 *
 * @param rangeEnd see {@link ByteStrings#inRange}: with a range the condition must hold for every
 *     key in it
 * @param operand what the target is compared with
 */
public record Compare(String key, String rangeEnd, Relation relation, Operand operand) {

  /** How the key's field (left) relates to the operand (right). */
  public enum Relation {
    EQUAL,
    GREATER,
    LESS,
    NOT_EQUAL
  }

  /** The field of the key that is compared, with what it is compared to. */
  public sealed interface Operand {}

  /** The number of puts since the key was created; 0 for an absent key. */
  public record Version(long version) implements Operand {}

  /** The revision of the put that created the key; 0 for an absent key. */
  public record CreateRevision(long revision) implements Operand {}

  /** The revision of the key's last change; 0 for an absent key. */
  public record ModRevision(long revision) implements Operand {}

  /** The value; a comparison of an absent key's value is false, whatever the relation. */
  public record Value(String value) implements Operand {}

  /** The lease the key hangs on, 0 for none. */
  public record Lease(long id) implements Operand {}

  /** The condition on a single key. */
  public static Compare of(String key, Relation relation, Operand operand) {
    return new Compare(key, "", relation, operand);
  }
}
