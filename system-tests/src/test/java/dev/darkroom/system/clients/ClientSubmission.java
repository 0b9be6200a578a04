package dev.darkroom.system.clients;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One picture that one client wanted.
 *
 * @param key its idempotency key, the same with each try
 * @param prompt no other submission has the same
 * @param answers one for each try
 */
public record ClientSubmission(String key, String prompt, List<ClientReply> answers) {
  public ClientSubmission {
    answers = List.copyOf(answers);
  }

  /** The job that the client was told of, if it was told of one. */
  public Optional<UUID> accepted() {
    return answers.stream().filter(ClientReply::isAccepted).map(ClientReply::requestId).findFirst();
  }
}
