package dev.darkroom.system.evidence;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A picture in the store.
 *
 * @param name of the file: the job's id
 * @param savedAt when it had its name
 */
public record PictureFile(Path path, String name, String sha256, long bytes, Instant savedAt) {}
