package dev.darkroom.system.pages;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a {@link dev.darkroom.system.browser.BrowserUser} to each test that wants one, and fails it
 * where a page gave the browser reason to complain. Skipped where no Chromium is installed.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SendVisitors.class)
@interface InBrowser {
  /** Whether the gateway asks who the visitor is. */
  boolean asked() default false;
}
