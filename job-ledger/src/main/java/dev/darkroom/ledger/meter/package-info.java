/** Meters that gateways and workers share: what an alert is made of. */
@NullMarked
package dev.darkroom.ledger.meter;

import org.jspecify.annotations.NullMarked;
