package dev.darkroom.ledger;

import dev.darkroom.model.JobMessage;
import dev.darkroom.model.TraceParent;
import org.jspecify.annotations.Nullable;

/** A job that this worker now holds, with its intent already in the log. */
public record ClaimedJob(Attempt attempt, JobMessage message, @Nullable TraceParent trace) {}
