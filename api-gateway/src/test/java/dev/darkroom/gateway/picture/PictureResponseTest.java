package dev.darkroom.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.head;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.ImageOrigin;
import dev.darkroom.gateway.picture.PictureSettings.ServeMode;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.PictureStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** What a gateway makes of a store that is elsewhere. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PictureResponseTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final TestingPictureStore store = new TestingPictureStore();

  @Test
  void only_the_part_that_was_asked_for_is_fetched_from_the_storage() throws Exception {
    var reply = send(ServeMode.PROXY, get(store.path()).header("Range", "bytes=2-8"));

    assertThat(reply.getStatus()).isEqualTo(206);
    assertThat(reply.getContentAsString()).isEqualTo("picture");
    assertThat(reply.getHeader("Content-Range"))
        .isEqualTo("bytes 2-8/" + TestingPictureStore.BYTES.length);
    assertThat(store.opened).containsExactly(new ByteRange(2, 7));
  }

  @Test
  void nothing_is_fetched_for_who_has_it_or_wants_to_know_of_it_only() throws Exception {
    var etag = '"' + store.picture.sha256() + '"';
    assertThat(send(ServeMode.PROXY, get(store.path()).header("If-None-Match", etag)).getStatus())
        .isEqualTo(304);
    var reply = send(ServeMode.PROXY, head(store.path()));

    assertThat(reply.getStatus()).isEqualTo(200);
    assertThat(reply.getContentLength()).isEqualTo(TestingPictureStore.BYTES.length);
    assertThat(store.opened).isEmpty();
  }

  @Test
  void what_the_client_has_comes_before_the_part_it_wants() throws Exception {
    var etag = '"' + store.picture.sha256() + '"';
    var both = get(store.path()).header("If-None-Match", etag).header("Range", "bytes=0-1");

    assertThat(send(ServeMode.PROXY, both).getStatus()).isEqualTo(304);
  }

  @Test
  void storage_that_is_down_is_503_and_nothing_to_cache() throws Exception {
    store.down = true;

    assertThatNothingIsCached(send(ServeMode.PROXY, get(store.path())), 503);
  }

  @Test
  void a_picture_that_is_removed_in_this_moment_is_404_and_nothing_to_cache() throws Exception {
    store.gone = true;

    assertThatNothingIsCached(send(ServeMode.PROXY, get(store.path())), 404);
  }

  @Test
  void a_picture_that_can_not_be_read_is_503_and_nothing_to_cache() throws Exception {
    store.breaksOff = true;

    assertThatNothingIsCached(send(ServeMode.PROXY, get(store.path())), 503);
  }

  private static void assertThatNothingIsCached(MockHttpServletResponse reply, int status) {
    assertThat(reply.getStatus()).isEqualTo(status);
    assertThat(reply.getHeaders("Cache-Control")).containsExactly("no-store");
    assertThat(reply.getHeader("ETag")).isNull();
    assertThat(reply.getContentType()).isEqualTo("application/problem+json");
  }

  @Test
  void clients_are_sent_to_the_storage_for_a_while_where_the_gateway_is_told_so() throws Exception {
    var reply = send(ServeMode.REDIRECT, get(store.path()).header("Range", "bytes=0-1"));

    assertThat(reply.getStatus()).isEqualTo(302);
    assertThat(reply.getHeader("Location"))
        .isEqualTo(
            "https://storage.example.com/%s?for=300&as=inline".formatted(store.picture.sha256()));
    assertThat(reply.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(reply.getContentAsByteArray()).isEmpty();
    assertThat(store.opened).isEmpty();
  }

  @Test
  void only_a_get_is_sent_there_as_the_address_is_signed_for_it() throws Exception {
    var reply = send(ServeMode.REDIRECT, head(store.path()));

    assertThat(reply.getStatus()).isEqualTo(200);
    assertThat(reply.getHeader("ETag")).isEqualTo('"' + store.picture.sha256() + '"');
  }

  @Test
  void who_wants_to_save_it_is_told_its_name() throws Exception {
    assertThat(
            send(ServeMode.PROXY, get(store.path() + "?download=1"))
                .getHeader("Content-Disposition"))
        .isEqualTo("attachment; filename=\"%s.png\"".formatted(store.picture.id()));
    assertThat(send(ServeMode.PROXY, get(store.path())).getHeader("Content-Disposition"))
        .isEqualTo("inline; filename=\"%s.png\"".formatted(store.picture.id()));
    assertThat(send(ServeMode.REDIRECT, get(store.path() + "?download=1")).getHeader("Location"))
        .endsWith("as=attach");
  }

  @Test
  void pages_may_show_pictures_from_where_clients_are_sent() {
    assertThat(new PictureConfiguration().imageOrigin(store))
        .isEqualTo(new ImageOrigin("https://storage.example.com"));
  }

  @Test
  void a_gateway_whose_pictures_are_files_does_not_start_if_it_is_told_so() {
    var files =
        (PictureStore)
            Proxy.newProxyInstance(
                PictureStore.class.getClassLoader(),
                new Class<?>[] {PictureStore.class},
                (_, method, _) -> {
                  throw new UnsupportedOperationException(method.getName());
                });

    assertThatThrownBy(() ->
            new PictureConfiguration()
                .pictureResponse(files, reader(files), settings(ServeMode.REDIRECT)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "darkroom.picture.serve is redirect, which needs darkroom.picture.store=s3");
    assertThat(
            new PictureConfiguration()
                .pictureResponse(files, reader(files), settings(ServeMode.PROXY)))
        .isNotNull();
  }

  private static PictureSettings settings(ServeMode serve) {
    return new PictureSettings(serve, Duration.ofMinutes(5), Duration.ZERO, Duration.ofMinutes(1));
  }

  private static PictureReader reader(PictureStore store) {
    return new PictureReader(store, 1, 10, LIMIT);
  }

  private MockHttpServletResponse send(ServeMode serve, MockHttpServletRequestBuilder request)
      throws Exception {
    var reader = reader(store);
    var api =
        new PictureController(
            reader,
            (id, _) -> id.equals(store.picture.id()) ? Optional.of(recorded()) : Optional.empty(),
            new PictureConfiguration().pictureResponse(store, reader, settings(serve)));
    var mvc = MockMvcBuilders.standaloneSetup(api).build();
    var waiting = mvc.perform(request.with(PictureResponseTest::asAnybody)).andReturn();
    return mvc.perform(asyncDispatch(waiting)).andReturn().getResponse();
  }

  private static MockHttpServletRequest asAnybody(MockHttpServletRequest request) {
    Caller.ANYBODY.isOf(request);
    return request;
  }

  private PictureRecord recorded() {
    var picture = store.picture;
    return new PictureRecord(
        picture.url(), picture.sha256(), picture.format().contentType(), picture.bytes());
  }
}
