package dev.darkroom.worker.outcome;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Succeeded;
import dev.darkroom.worker.nebius.AttemptOutcome.Unavailable;
import dev.darkroom.worker.nebius.TestingServer.Exchange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What providers and their proxies answer besides pictures and plain errors, over real sockets. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OddAnswersTest {
  private static final String REFUSED = "ends content_refused: ";
  private static final String OURS = "waits attempt_failed misconfigured: ";
  private static final String BAD = "counts attempt_failed bad_reply: ";
  private static final String TASK = "counts attempt_outcome_unknown asynchronous_answer: ";
  private static final String UNKNOWN = "counts attempt_outcome_unknown outcome_unknown: ";
  private static final byte[] PICTURE = TestingPicture.png(96, 64);

  @TempDir Path pictures;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {'error':{'message':'Blocked by us.','code':'content_policy_violation'}} | ends content_refused | Blocked by us.
          {'data':[],'error':{'message':'Blocked by us.','code':'content_policy_violation'}} | ends content_refused | Blocked by us.
          {'data':null,'error':{'message':'No.','type':'image_generation_user_error','code':'moderation_blocked'}} | ends content_refused | No.
          {'data':[{'b64_json':null,'error':{'message':'No.','code':'content_filter'}}]} | ends content_refused | No.
          {'data':[{'b64_json':null,'finish_reason':'CONTENT_FILTERED'}]} | ends content_refused | without a picture
          {'promptFeedback':{'blockReason':'PROHIBITED_CONTENT'}} | ends content_refused | without a picture
          {'error':'Your prompt was flagged as NSFW'} | ends content_refused | flagged as NSFW
          {'detail':'This violates our content policy.'} | ends content_refused | content policy
          {'detail':[{'loc':['body','prompt'],'msg':'Not this.','type':'content_policy_violation'}]} | ends content_refused | body.prompt: Not this.
          {'error':'content_policy_violation','message':'Not this one.'} | ends content_refused | Not this one.
          {'error':{'message':'overloaded'}} | waits attempt_failed provider_unavailable | overloaded
          {'error':'The model is overloaded, try again later.'} | waits attempt_failed provider_unavailable | overloaded
          {'error':{'message':'Something went wrong.','type':'server_error'}} | waits attempt_failed provider_unavailable | went wrong
          {'error':{'message':'Oops.','code':503}} | waits attempt_failed provider_unavailable | Oops
          {'error':{'message':'Oops.','code':'moderation_unavailable'}} | waits attempt_failed provider_unavailable | Oops
          {'message':'Service temporarily unavailable'} | waits attempt_failed provider_unavailable | unavailable
          {'error':{'message':'Slow down, org-7.','type':'rate_limit_exceeded'}} | waits attempt_failed rate_limited | limits the rate
          {'error':{'message':'Slow down.','code':429}} | waits attempt_failed rate_limited | limits the rate
          {'error':{'message':'Pay, org-7.','code':'insufficient_quota'}} | waits attempt_failed misconfigured | operator
          {'error':{'message':'What a day.','type':'strange'}} | counts attempt_failed bad_reply | What a day.
          {'detail':'What a day.'} | counts attempt_failed bad_reply | What a day.
          {'object':'error','message':'What a day.','code':40001} | counts attempt_failed bad_reply | What a day.
          {'error':null,'data':[]} | counts attempt_failed bad_reply | holds no picture
          {'error':{},'errors':[],'detail':''} | counts attempt_failed bad_reply | holds no picture
          {'id':'1','data':[]} | counts attempt_failed bad_reply | holds no picture
          {'status':'ok'} | counts attempt_failed bad_reply | holds no picture
          """)
  void a_200_that_says_what_went_wrong_is_read_by_what_it_says(String body, String as, String says)
      throws IOException {
    for (var status : List.of(200, 201)) {
      var result = answered(status, body);
      assertThat(result.told()).startsWith(as).contains(says).doesNotContain("org-7");
      assertThat(result.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          400 | {'error':{'message':'No.','code':'content_policy_violation'}} | ends content_refused
          400 | {'error':{'message':'No.','type':'moderation_blocked'}} | ends content_refused
          400 | {'error':{'message':'No.','code':null,'innererror':{'code':'ResponsibleAIPolicyViolation'}}} | ends content_refused
          403 | {'id':'7','name':'content_moderation','errors':['No.']} | ends content_refused
          422 | {'detail':[{'loc':['body','prompt'],'msg':'No.','type':'content_policy_violation'}]} | ends content_refused
          422 | {'detail':{'code':'nsfw_content','message':'No.'}} | ends content_refused
          422 | {'code':'SAFETY','message':'No.'} | ends content_refused
          400 | {'error':{'message':'No.','code':'content-filter'}} | ends content_refused
          # ordinary ones stay what they are
          400 | {'error':{'message':'No.','type':'invalid_request_error','code':'invalid_size'}} | ends rejected
          400 | {'error':{'message':'No: content policy, nsfw.','type':'invalid_request_error'}} | ends rejected
          415 | {'error':{'message':'No.','code':'unsupported_content_type'}} | counts attempt_failed bad_reply
          422 | {'detail':[{'loc':['body','safety_tolerance'],'msg':'No.','type':'less_than_equal'}]} | ends rejected
          422 | {'detail':[{'loc':['body','x'],'msg':'No.','type':'missing','input':{'type':'nsfw'}}]} | ends rejected
          422 | {'detail':'No.','code':'invalid_safety_tolerance'} | ends rejected
          500 | {'error':{'message':'No.','code':'content_filter'}} | counts attempt_failed provider_unavailable
          # and so does what concerns us
          403 | {'detail':'No.'} | counts attempt_failed access_refused
          429 | {'error':{'message':'Check your plan and billing.','code':'insufficient_quota'}} | waits attempt_failed misconfigured
          429 | {'error':{'message':'Check.','type':'insufficient_quota','code':null}} | waits attempt_failed misconfigured
          429 | {'error':{'message':'Check.','code':'billing_not_active'}} | waits attempt_failed misconfigured
          400 | {'error':{'message':'Check.','code':'billing_hard_limit_reached'}} | waits attempt_failed misconfigured
          429 | {'error':{'message':'You are too fast for your plan.','code':'rate_limit_exceeded'}} | waits attempt_failed rate_limited
          """)
  void a_refusal_is_read_by_its_code(int status, String body, String as) throws IOException {
    var result = answered(status, body);

    assertThat(result.told()).startsWith(as);
    if (as.equals(REFUSED)) {
      assertThat(result.told()).endsWith("No.");
    }
    if (as.equals(OURS)) {
      assertThat(result.told()).doesNotContain("Check", "plan", "quota", "billing");
      assertThat(result.callsAllowed()).isZero();
    }
    assertThat(result.requests()).hasSize(1);
  }

  @Test
  void refusals_of_content_do_not_open_the_breaker() throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(
                exchange -> exchange.answer(200, "{\"error\":{\"code\":\"content_filter\"}}"),
                "darkroom.nebius.breaker.window=1",
                "darkroom.nebius.breaker.minimum-calls=1");

    assertThat(result.told()).startsWith(REFUSED);
    assertThat(result.callsAllowed()).isGreaterThan(1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'task_1','status':'queued'}",
        "{'id':'task_1','status':'IN_PROGRESS','data':[]}",
        "{'task_id':'7'}",
        "{'taskId':7,'code':0,'message':'Task queued.'}",
        "{'job_id':'7','state':'Running'}",
        "{'data':{'task_id':'7','status':'processing'}}",
        "{'data':[{'task_id':'7','status':'submitted'}]}",
        "{'output':{'task_id':'7','task_status':'PENDING'},'request_id':'8'}",
        "{'id':'7','status':'starting','error':null,'urls':{'get':'https://a.example/7'}}",
        "{'polling_url':'https://a.example/7'}",
        "{'name':'operations/7','done':false}"
      })
  void a_task_is_not_bought_again(String body) throws IOException {
    for (var status : List.of(200, 201, 202)) {
      assertThat(answered(status, body).told()).startsWith(TASK).contains("answers asynchronously");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{'data':[]}", "Accepted", "<html></html>", "{'id':'7'"})
  void nor_is_whatever_was_accepted_for_later(String body) throws IOException {
    assertThat(answered(202, body).told()).startsWith(TASK);
  }

  static List<Arguments> pictures_that_are_not_kept() {
    return List.of(
        arguments("an AVIF", hex("0000001c6674797061766966000000006d696631617669666d696166")),
        arguments("an AVIF", hex("0000001c667479706d696631000000006d696631617669666d696166")),
        arguments("a HEIC", hex("00000018667479706865696300000000686569636d696631")),
        arguments("an SVG", "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(UTF_8)),
        arguments(
            "an SVG",
            "\ufeff<?xml version='1.0'?>\n<!-- a -->\n<!DOCTYPE svg PUBLIC 'x' 'y'>\n<svg:svg />"
                .getBytes(UTF_8)),
        arguments("a GIF", hex("4749463839610a000a00910000")),
        arguments("a BMP", hex("424d460000000000000036000000")),
        arguments("a JPEG XL", hex("ff0a0000")),
        arguments("a JPEG XL", hex("0000000c4a584c200d0a870a")),
        arguments("a TIFF", hex("49492a0008000000")),
        arguments("a PNG of 60000 x 60000 pixels", TestingPicture.pngThatClaims(60000, 60000)),
        arguments("a PNG of 8193 x 1 pixels", TestingPicture.pngThatClaims(8193, 1)),
        arguments("a PNG of 8192 x 8192 pixels", TestingPicture.pngThatClaims(8192, 8192)),
        arguments("a JPEG of 65000 x 64000 pixels", TestingPicture.jpegThatClaims(65000, 64000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures_that_are_not_kept")
  void a_picture_that_would_come_the_same_way_again_is_refused_once(String what, byte[] bytes)
      throws IOException {
    var result = new TestingCall(pictures).meeting(exchange -> exchange.answer(200, json(bytes)));

    assertThat(result.told()).startsWith("ends unusable_picture: The answer is " + what);
    assertThat(result.picture()).isEmpty();
    assertThat(result.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<html><body><svg></svg></body></html>", "<!DOCTYPE html><svg>", "BM is a text"})
  void what_is_no_picture_at_all_may_be_one_the_next_time(String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    var result = new TestingCall(pictures).meeting(exchange -> exchange.answer(200, json(bytes)));

    assertThat(result.told()).startsWith(BAD + "The answer is neither WebP nor PNG nor JPEG");
  }

  @Test
  void a_picture_larger_than_asked_for_but_within_the_bound_is_kept() throws IOException {
    var large = TestingPicture.png(2100, 16);
    var result = new TestingCall(pictures).meeting(exchange -> exchange.answer(200, json(large)));

    assertThat(result.picture()).hasValue(large);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "\n\n\n",
        "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
      })
  void what_comes_before_the_answer_is_passed_over(String before) throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> {
              exchange.out().write(before.getBytes(ISO_8859_1));
              exchange.answer(200, json(PICTURE));
            });

    assertThat(result.outcome()).isInstanceOf(Succeeded.class);
    assertThat(result.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n\r\n",
        "\n",
        "HTTP",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 100 Continue\r\n\r\n"
      })
  void an_end_without_an_answer_is_unknown(String sent) throws IOException {
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> {
              exchange.out().write(sent.getBytes(ISO_8859_1));
              exchange.socket().close();
            });

    assertThat(result.told()).startsWith(UNKNOWN);
    assertThat(result.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.0 200 OK||",
        "HTTP/1.1 200|Connection: close|",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked|X-Trailer: 1"
      })
  void answers_of_every_framing_are_read(String line, String header, String trailer)
      throws IOException {
    var body = json(PICTURE);
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> {
              var head = line + "\r\n" + (header == null ? "" : header + "\r\n") + "\r\n";
              var framed =
                  trailer == null
                      ? body
                      : "%x\r\n%s\r\n0\r\n%s\r\n\r\n".formatted(body.length(), body, trailer);
              exchange.out().write((head + framed).getBytes(ISO_8859_1));
              exchange.socket().close();
            });

    assertThat(result.picture()).hasValue(PICTURE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Retry-After: 3600                                 | 60000",
        "Retry-After: 7                                    |  7000",
        "Retry-After: 1.5                                  |  1500",
        "Retry-After: 99999999999999999                    | 60000",
        "Retry-After: Tue, 01 Jan 2097 00:00:00 GMT        | 60000",
        "Retry-After: Sunday, 06-Nov-94 08:49:37 GMT       |     0",
        "Retry-After: Sun Nov  6 08:49:37 1994             |     0",
        "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT        |     0",
        "retry-after-ms: 250                               |   250",
        "x-ratelimit-reset-requests: 2s                    |  2000",
        "Retry-After: -5                                   |    -1",
        "Retry-After: soon                                 |    -1"
      })
  void every_form_of_Retry_After_is_read_and_none_is_longer_than_a_minute(
      String header, long millis) throws IOException {
    for (var status : List.of(429, 503)) {
      var wait = wait(header, status, Duration.ofMinutes(10));
      assertThat(wait == null ? -1 : wait.toMillis()).isEqualTo(millis);
    }
  }

  @Test
  void nor_does_it_reach_to_the_deadline() throws IOException {
    assertThat(wait("Retry-After: 3600", 429, Duration.ofSeconds(40)))
        .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(20));
  }

  private @org.jspecify.annotations.Nullable Duration wait(
      String header, int status, Duration timeLeft) throws IOException {
    var outcome =
        new TestingCall(pictures, timeLeft)
            .meeting(exchange ->
                exchange
                    .out()
                    .write(Exchange.head(status, "text/plain", header + "\r\nContent-Length: 0")))
            .outcome();
    return switch (outcome) {
      case RateLimited limited -> limited.retryAfter();
      case Unavailable unavailable -> unavailable.retryAfter();
      case AttemptOutcome other -> throw new AssertionError(other);
    };
  }

  @Test
  void a_page_is_quoted_by_its_title() throws IOException {
    var page =
        "<!doctype html><html><head>\n<title>403 | Blocked &mdash;\n by the firewall</title></head>";
    var result =
        new TestingCall(pictures)
            .meeting(exchange -> exchange.answer(403, "text/html", page.getBytes(UTF_8)));

    assertThat(result.outcome().toString())
        .contains("Nebius answered 403: Blocked — by the firewall");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "could not write /srv/models/a.bin",
        "no route to gpu-17.internal.example",
        "project p7 has used up its quota",
        "connect to 10.0.0.7 failed",
        "worker pid 4711 died"
      })
  void words_about_the_inside_of_others_are_for_the_log(String words) throws IOException {
    for (var status : List.of(500, 503, 504)) {
      var result = answered(status, "{'detail':'" + words + "'}");

      assertThat(result.told()).contains("Nebius answered " + status).doesNotContain(words);
      assertThat(result.outcome().toString()).contains(words);
    }
  }

  private TestingCall.CallResult answered(int status, String body) throws IOException {
    return new TestingCall(pictures)
        .meeting(exchange -> exchange.answer(status, body.replace('\'', '"')));
  }

  private static String json(byte[] picture) {
    return "{\"data\":[{\"b64_json\":\"%s\"}]}"
        .formatted(Base64.getEncoder().encodeToString(picture));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
