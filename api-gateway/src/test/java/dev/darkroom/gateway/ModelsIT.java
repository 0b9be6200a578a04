package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What models take, seen from outside. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ModelsIT {
  private static final String SCHNELL = "black-forest-labs/flux-schnell";

  private final RunningGateway gateway = RunningGateway.shared();

  @Test
  void the_models_are_listed_with_their_rules_the_default_first() {
    var models = gateway.get("/api/models").json().path("models");

    assertThat(models.findValuesAsString("name"))
        .containsExactly("stability-ai/sdxl", "other/model", SCHNELL, "plain/model");
    assertThat(models.get(2))
        .hasToString(
            """
            {"name":"black-forest-labs/flux-schnell","aliases":["dall-e-3"],"steps":{"least":1,"most":4},\
            "sides":{"least":64,"most":2048},"multiple":16,"defaultSize":{"width":512,"height":512},\
            "longestPrompt":2000,"negativePrompt":false,"loras":true}\
            """);
  }

  @Test
  void a_call_is_made_as_its_model_takes_it_also_by_an_alias() {
    var reply =
        gateway.post(
            """
            {"prompt":"a fox","negative_prompt":"people","style":"sketch","styleIntensity":1,"model":"dall-e-3","seed":7,
             "width":1024,"height":768,"loras":[{"url":"https://example.com/l","scale":0.8}]}
            """);

    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    assertThat(reply.text("/metadata/model")).isEqualTo(SCHNELL);
    assertThat(reply.json().path("ignored").toString()).isEqualTo("[\"negative_prompt\"]");
    TestingWorker.of(gateway).claim(reply.text("/requestId"));
    assertThat(called(reply))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"model":"black-forest-labs/flux-schnell","prompt":"a fox in sketch style, drawn by hand in pencil on \
                    paper, hatching, visible strokes, no colour","width":1024,"height":768,"num_inference_steps":3,"seed":7,
                     "loras":[{"url":"https://example.com/l","scale":0.8}],"response_extension":"webp",
                     "response_format":"b64_json"}
                    """));
  }

  /** What its latest call sends. */
  private JsonNode called(Reply job) {
    return gateway
        .get("/api/logs?requestId=" + job.text("/requestId"))
        .json()
        .at("/logs/0/details/parameters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"model\":\"dall-e-3\",\"width\":1000 | width | must be a multiple of 16 between 64 and 2048 for black-forest-labs/flux-schnell; got 1000",
        "\"model\":\"dall-e-3\",\"height\":2049 | height | must be an integer between 64 and 2048; got 2049",
        "\"model\":\"plain/model\",\"width\":256 | width | must be between 512 and 1024 for plain/model; got 256",
        "\"model\":\"plain/model\",\"negative_prompt\":\"12345678901234567890123456789012345678901\" | negative_prompt | must have at most 40 characters for plain/model; got 41",
        "\"model\":\"plain/model\",\"loras\":[{\"url\":\"https://example.com/l\"}] | loras | is not taken by plain/model; leave it out or use another model"
      })
  void what_a_model_does_not_take_is_refused_with_its_rule(
      String fields, String field, String rule) {
    var reply = gateway.post("{\"prompt\":\"a\",%s}".formatted(fields));

    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.json().get("errors")).hasSize(1);
    assertThat(reply.text("/errors/0/field")).isEqualTo(field);
    assertThat(reply.text("/errors/0/message")).isEqualTo(rule);
  }

  @Test
  void a_job_is_repeated_with_another_model_only_if_that_takes_it() {
    var job = gateway.post("{\"prompt\":\"a\",\"width\":1000}").text("/requestId");
    TestingWorker.of(gateway).complete(job);

    var refused = replay(job, "{\"model\":\"dall-e-3\"}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("/errors/0/field")).isEqualTo("width");
    assertThat(replay(job, "{\"model\":\"dall-e-3\",\"width\":1008}").status()).isEqualTo(202);
  }

  private Reply replay(String job, String changes) {
    return gateway.send(
        gateway
            .request("/api/generate/" + job + "/replay")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(changes)));
  }
}
