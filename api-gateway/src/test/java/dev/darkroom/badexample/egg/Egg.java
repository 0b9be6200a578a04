package dev.darkroom.badexample.egg;

import dev.darkroom.badexample.hen.Hen;

/** Needs the hen, which needs the egg: what the rule about cycles must find. */
public record Egg(Hen laidBy) {}
