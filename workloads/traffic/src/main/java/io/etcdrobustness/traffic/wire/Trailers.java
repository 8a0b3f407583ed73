package io.etcdrobustness.traffic.wire;

import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a call ended, by gRPC's rules for HTTP/2 (grpc doc/PROTOCOL-HTTP2.md). */
final class Trailers {

  private Trailers() {}

  /** The status that these headers, the last of a call, tell. */
  static Status status(Http2Headers headers) {
    CharSequence code = headers.get("grpc-status");
    if (code == null) {
      return http(headers);
    }
    try {
      Status status = Status.fromCodeValue(Integer.parseInt(code.toString()));
      CharSequence message = headers.get("grpc-message");
      return message == null ? status : status.withDescription(decoded(message.toString()));
    } catch (NumberFormatException unreadable) {
      return Status.UNKNOWN.withDescription("a status that cannot be read: " + code);
    }
  }

  private static Status http(Http2Headers headers) {
    return Status.UNKNOWN.withDescription("no gRPC status; HTTP status " + headers.status());
  }

  /** The status of a call whose stream was reset. */
  static Status ofReset(@Nullable Http2Error error) {
    Status status =
        switch (error) {
          case null -> Status.UNKNOWN;
          case REFUSED_STREAM -> Status.UNAVAILABLE;
          case CANCEL -> Status.CANCELLED;
          case ENHANCE_YOUR_CALM -> Status.RESOURCE_EXHAUSTED;
          case INADEQUATE_SECURITY -> Status.PERMISSION_DENIED;
          default -> Status.INTERNAL;
        };
    return status.withDescription("the server reset the call: " + error);
  }

  /** Undoes the percent-encoding; what is not well-formed stays as it is. */
  private static String decoded(String message) {
    if (message.indexOf('%') < 0) {
      return message;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.length());
    for (int i = 0; i < message.length(); i++) {
      int high = i + 2 < message.length() ? Character.digit(message.charAt(i + 1), 16) : -1;
      int low = i + 2 < message.length() ? Character.digit(message.charAt(i + 2), 16) : -1;
      if (message.charAt(i) == '%' && high >= 0 && low >= 0) {
        bytes.write(high * 16 + low);
        i += 2;
      } else {
        bytes.write(message.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
