package dev.darkroom.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * Who is told of a job's events.
 *
 * @param events what is told, each once
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobWebhook(String url, List<JobStatus> events) {
  public JobWebhook {
    requireNonNull(url, "url is missing");
    events = List.copyOf(requireNonNull(events, "events are missing"));
  }
}
