package dev.darkroom.ledger.groups;

import dev.darkroom.model.GroupEvent;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * A group all of whose jobs have ended, with its completion event.
 *
 * @param owner whom its jobs belong to; empty where access is open
 * @param webhook who is told, if anybody
 */
public record FinishedGroup(
    GroupEvent event, String owner, @Nullable JobWebhook webhook, @Nullable TraceParent trace) {}
