package dev.darkroom.system.chaos;

import java.time.Duration;

/**
 * A fault that has been.
 *
 * @param recovered how long it took until the system was well again
 */
public record Played(ChaosFault fault, Duration lasted, Duration recovered) {}
