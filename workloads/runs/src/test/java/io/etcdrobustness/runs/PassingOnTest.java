package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever a run tells reaches the last of several listeners in a row. */
class PassingOnTest {

  @Test
  void whateverItIsToldItTellsTheNextOne()
      throws InvocationTargetException, IllegalAccessException {
    List<String> told = new ArrayList<>();
    RunListener last =
        (RunListener)
            Proxy.newProxyInstance(
                RunListener.class.getClassLoader(),
                new Class<?>[] {RunListener.class},
                (_, method, arguments) -> {
                  told.add(method.getName() + arguments.length);
                  return null;
                });
    PassingOn passing = () -> last;

    List<String> all = new ArrayList<>();
    for (Method method : RunListener.class.getMethods()) {
      method.invoke(passing, new Object[method.getParameterCount()]);
      all.add(method.getName() + method.getParameterCount());
    }

    assertThat(all).hasSizeGreaterThan(8);
    assertThat(told).isEqualTo(all);
  }
}
