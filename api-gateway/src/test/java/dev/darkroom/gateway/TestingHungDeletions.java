package dev.darkroom.gateway;

import dev.darkroom.picture.PictureStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Lets the picture store hang when it is to delete something. */
@Component
@ConditionalOnProperty("testing.hung-deletions")
final class TestingHungDeletions implements BeanPostProcessor {
  final CountDownLatch wakes = new CountDownLatch(1);

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof PictureStore store ? hanging(store) : bean;
  }

  private Object hanging(PictureStore store) {
    return Proxy.newProxyInstance(
        PictureStore.class.getClassLoader(),
        new Class<?>[] {PictureStore.class},
        (_, method, arguments) -> {
          if (method.getName().equals("delete")) {
            wakes.await();
          }
          try {
            return method.invoke(store, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
