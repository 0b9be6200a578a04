package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import dev.darkroom.system.clients.ReceivedEvent;
import dev.darkroom.system.clients.ReceivedEvent.EventSighting;
import dev.darkroom.system.promises.Promise.Breach;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EventsArriveAtLeastOnceTest {
  @Test
  void an_end_that_nobody_heard_of_breaks_it() {
    assertThat(said(TestingJob.completed().withoutEvents()))
        .containsExactly("no event told of the job's end");
  }

  @Test
  void an_event_before_the_ledger_has_the_end_breaks_it() {
    assertThat(
            said(
                TestingJob.completed()
                    .changingEvents(e -> seen(e, EventSighting.MISSING, EventSighting.THERE))))
        .singleElement()
        .asString()
        .startsWith("an event came before the ledger had the job's end");
  }

  @Test
  void an_event_before_the_picture_can_be_fetched_breaks_it() {
    assertThat(
            said(
                TestingJob.completed()
                    .changingEvents(e -> seen(e, EventSighting.THERE, EventSighting.MISSING))))
        .singleElement()
        .asString()
        .startsWith("an event came, and the picture could not be fetched");
  }

  @Test
  void an_event_that_nobody_could_check_when_it_came_does_not() {
    assertThat(
            said(
                TestingJob.completed()
                    .changingEvents(e -> seen(e, EventSighting.NOT_SEEN, EventSighting.NOT_SEEN))))
        .isEmpty();
  }

  @Test
  void an_event_of_another_end_breaks_it() {
    assertThat(
            said(TestingJob.completed().withStatus(JobStatus.FAILED).without(Step.IMAGE_GENERATED)))
        .anyMatch(says -> says.startsWith("the event has another name"))
        .anyMatch(says -> says.startsWith("the event says something else"));
  }

  @Test
  void an_event_of_an_open_job_breaks_it() {
    assertThat(said(TestingJob.completed().withStatus(JobStatus.PROCESSING)))
        .anyMatch(says -> says.startsWith("an event came before the ledger had the job's end"));
  }

  @Test
  void an_event_with_an_id_that_changes_breaks_it() {
    assertThat(
            said(
                TestingJob.completed()
                    .changingEvents(e ->
                        new ReceivedEvent(
                            e.receivedAt(),
                            e.requestId(),
                            e.id() + ":2",
                            e.type(),
                            e.time(),
                            e.data(),
                            e.ledger(),
                            e.picture()))))
        .singleElement()
        .asString()
        .startsWith("the event has another name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "requestId",
        "status",
        "attempts",
        "imageUrl",
        "sha256",
        "contentType",
        "bytes",
        "completedAt"
      })
  void an_event_that_leaves_out_what_the_ledger_knows_breaks_it(String field) {
    assertThat(
            said(
                TestingJob.completed()
                    .changingEvents(e -> {
                      var data = new HashMap<>(e.data());
                      data.remove(field);
                      return with(e, data);
                    })))
        .singleElement()
        .asString()
        .startsWith("the event says something else");
  }

  @ParameterizedTest
  @ValueSource(strings = {"errorCode", "errorMessage"})
  void an_event_that_tells_of_another_error_breaks_it(String field) {
    assertThat(
            said(
                TestingJob.failed()
                    .changingEvents(e -> {
                      var data = new HashMap<>(e.data());
                      data.put(field, "something else");
                      return with(e, data);
                    })))
        .singleElement()
        .asString()
        .startsWith("the event says something else");
  }

  @Test
  void an_event_of_no_job_breaks_it() {
    assertThat(said(TestingJob.completed().unknownToTheLedger()))
        .singleElement()
        .asString()
        .startsWith("an event belongs to no job");
  }

  private static ReceivedEvent seen(
      ReceivedEvent event, EventSighting ledger, EventSighting picture) {
    return new ReceivedEvent(
        event.receivedAt(),
        event.requestId(),
        event.id(),
        event.type(),
        event.time(),
        event.data(),
        ledger,
        picture);
  }

  private static ReceivedEvent with(ReceivedEvent event, Map<String, Object> data) {
    return new ReceivedEvent(
        event.receivedAt(),
        event.requestId(),
        event.id(),
        event.type(),
        event.time(),
        data,
        event.ledger(),
        event.picture());
  }

  private static List<String> said(TestingJob job) {
    return new EventsArriveAtLeastOnce()
        .breaches(job.evidence()).stream().map(Breach::says).toList();
  }
}
