/** Gauges that gateways and workers share: the build, and trouble with a dependency. */
@NullMarked
package dev.darkroom.ledger.meter;

import org.jspecify.annotations.NullMarked;
