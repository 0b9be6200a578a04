package dev.darkroom.ledger.jobs;

import java.util.Map;

/**
 * An attempt that brought a picture.
 *
 * @param picture already durable and readable
 * @param details what the step says beside the attempt and the picture, such as its size
 */
public record Completion(Attempt attempt, PictureRecord picture, Map<String, ?> details) {}
