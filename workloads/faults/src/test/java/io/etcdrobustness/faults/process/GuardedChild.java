package io.etcdrobustness.faults.process;

import io.etcdrobustness.engine.RealScheduler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A process of its own that owns a stopped member, tells its pid and waits to be killed. */
final class GuardedChild {

  private GuardedChild() {}

  public static void main(String[] arguments) throws Exception {
    RealScheduler scheduler = new RealScheduler("child", failure -> {});
    MemberProcess member =
        new MemberProcess(
            new MemberCommand(
                "m1",
                List.of(arguments).subList(1, arguments.length),
                Map.of(),
                Path.of(arguments[0]),
                Path.of(arguments[0], "m1.log")),
            scheduler,
            entry -> {});
    ProcessStatus started = member.start().toCompletableFuture().get();
    member.pause().toCompletableFuture().get();
    System.out.println(started.pid());
    new CountDownLatch(1).await();
  }
}
