package dev.darkroom.system.pages;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import dev.darkroom.system.browser.BrowserUser;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Each page, with something to show and with nothing. */
enum PageView {
  HOME {
    @Override
    void prepare(BrowserUser visitor) {
      Gallery.submitLatest(visitor, Gallery.PICTURE);
    }

    @Override
    String address(Gallery gallery) {
      return "/";
    }

    @Override
    Locator mark(Page page) {
      return page.getByRole(AriaRole.IMG, new GetByRoleOptions().setName(Gallery.PICTURE)).first();
    }
  },
  HOME_EMPTY {
    @Override
    String address(Gallery gallery) {
      return "/";
    }

    @Override
    void prepare(BrowserUser visitor) {
      visitor
          .page()
          .route(
              "**/api/logs?*",
              route ->
                  answer(
                      route,
                      """
                      {"logs": [], "groupedLogs": {}, "count": 0, "limit": 50, "offset": 0}
                      """));
    }

    @Override
    Locator mark(Page page) {
      return page.getByText("No picture yet");
    }
  },
  GENERATE_EMPTY {
    @Override
    String address(Gallery gallery) {
      return "/generate";
    }

    @Override
    Locator mark(Page page) {
      return page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setName("Generate"));
    }
  },
  LOGS {
    @Override
    String address(Gallery gallery) {
      return "/logs?userId=" + Gallery.USER;
    }

    @Override
    Locator mark(Page page) {
      return page.getByText(Gallery.PICTURE).first();
    }
  },
  LOGS_EMPTY {
    @Override
    String address(Gallery gallery) {
      return "/logs?userId=nobody-at-all";
    }

    @Override
    Locator mark(Page page) {
      return page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setName("Logs"));
    }
  },
  OPERATIONS {
    @Override
    void prepare(BrowserUser visitor) {
      var user = Map.<String, Object>of("userId", PAUSED_USER, "reason", Gallery.HOSTILE);
      visitor.posts("/api/operations/pause", user, "wait=0");
      var nobody = Map.of("userId", "nobody-at-all");
      visitor.posts("/api/operations", Map.of("action", "cancel", "filter", nobody), "wait=0");
    }

    @Override
    String address(Gallery gallery) {
      return "/operations";
    }

    @Override
    Locator mark(Page page) {
      return page.getByText("Takes jobs").first();
    }
  },
  OPERATIONS_EMPTY {
    @Override
    void prepare(BrowserUser visitor) {
      visitor.page().route("**/api/workers", route -> answer(route, "{\"workers\": []}"));
      var nothing = "{\"paused\": [], \"operations\": []}";
      visitor.page().route("**/api/operations", route -> answer(route, nothing));
    }

    @Override
    String address(Gallery gallery) {
      return "/operations";
    }

    @Override
    Locator mark(Page page) {
      return page.getByText("No worker is running.");
    }
  },
  REQUEST {
    @Override
    String address(Gallery gallery) {
      return "/requests/" + gallery.picture();
    }

    @Override
    Locator mark(Page page) {
      return page.getByRole(AriaRole.IMG, new GetByRoleOptions().setName(Gallery.PICTURE)).first();
    }
  },
  REQUEST_REFUSED {
    @Override
    String address(Gallery gallery) {
      return "/requests/" + gallery.refused();
    }

    @Override
    Locator mark(Page page) {
      return page.getByText(Gallery.REFUSAL).first();
    }
  },
  REQUEST_UNKNOWN {
    @Override
    String address(Gallery gallery) {
      return "/requests/" + new UUID(0x0198_0000_0000_7000L, 0x8000_0000_0000_0000L);
    }

    @Override
    Locator mark(Page page) {
      return page.getByText("There is no request with this id.");
    }
  },
  NOT_FOUND {
    @Override
    String address(Gallery gallery) {
      return "/nowhere";
    }

    @Override
    Locator mark(Page page) {
      return page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setName("Page not found"));
    }
  };

  private static final String PAUSED_USER = "paused-" + Gallery.USER;

  abstract String address(Gallery gallery);

  /** What is there once the page shows what it has. */
  abstract Locator mark(Page page);

  void prepare(BrowserUser visitor) {}

  /** In place of the gateway. */
  static void answer(Route route, String json) {
    route.fulfill(new Route.FulfillOptions().setContentType("application/json").setBody(json));
  }

  /** Opens it and waits until it shows what it has. */
  Page openedBy(BrowserUser visitor) {
    var gallery = Gallery.shownTo(visitor);
    prepare(visitor);
    if (this == REQUEST_UNKNOWN || this == NOT_FOUND) {
      visitor.expectsComplaint("status of 404");
    }
    var page = visitor.opens(address(gallery));
    assertThat(mark(page)).isVisible();
    return page;
  }

  /** As names of files have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
