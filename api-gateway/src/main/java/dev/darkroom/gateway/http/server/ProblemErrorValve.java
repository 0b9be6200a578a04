package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.OpenAiError;
import dev.darkroom.gateway.http.OpenAiError.ErrorObject;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.ReplyId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/**
 * Replies to what Tomcat refuses before any servlet, such as a malformed request line, with a
 * problem instead of an HTML page with its version.
 */
final class ProblemErrorValve extends ErrorReportValve {
  private static final Logger log = LoggerFactory.getLogger(ProblemErrorValve.class);

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    var status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    try {
      var openAi = OpenAiError.isFormAt(String.valueOf(request.getRequestURI()));
      response.setContentType(
          openAi ? MediaType.APPLICATION_JSON_VALUE : MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response.setCharacterEncoding(StandardCharsets.UTF_8);
      response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
      ReplyId.giveTo(response); // an exception has reset the headers
      var writer = response.getReporter();
      if (writer != null) {
        writer.write(openAi ? openAiError(OpenAiError.of(status).error()) : problem(status));
        response.finishResponse();
      }
    } catch (IOException | IllegalStateException e) {
      log.debug("client closed the connection before the error was written", e);
    }
  }

  private static String openAiError(ErrorObject error) {
    return """
    {"error":{"message":"%s","type":"%s","param":null,"code":"%s"}}\
    """
        .formatted(error.message(), error.type(), error.code());
  }

  /** Every word is ours, so nothing needs escaping. */
  private static String problem(int status) {
    var known = HttpStatus.resolve(status);
    var code = ProblemCode.of(status);
    return """
    {"type":"about:blank","title":"%s","status":%d,"detail":"%s","success":false,"error":"%s","code":"%s"}\
    """
        .formatted(
            known == null ? "Error" : known.getReasonPhrase(),
            status,
            code.sentence(),
            code.sentence(),
            code.word());
  }
}
