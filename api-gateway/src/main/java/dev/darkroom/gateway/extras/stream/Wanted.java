package dev.darkroom.gateway.extras.stream;

import dev.darkroom.model.RequestId;
import java.util.Set;

/** Whose steps a listener wants to hear. */
sealed interface Wanted {
  record OfUser(String userId) implements Wanted {}

  record OfRequests(Set<RequestId> requestIds) implements Wanted {
    public OfRequests {
      requestIds = Set.copyOf(requestIds);
    }
  }
}
