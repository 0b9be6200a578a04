package dev.darkroom.ledger;

import dev.darkroom.model.RequestId;
import java.util.Map;

/** The call that a worker will make if it gets the job: exactly the parameters it will send. */
public record Intent(RequestId requestId, Map<String, ?> parameters) {}
