package dev.darkroom.badexample.hen;

import dev.darkroom.badexample.egg.Egg;
import java.util.List;

/** Needs the egg, which needs the hen. */
public record Hen(List<Egg> eggs) {}
