/**
 * A stand-in for Nebius: speaks its wire format, draws real pictures, fails on request and counts
 * what it billed.
 */
@NullMarked
package dev.darkroom.simulator;

import org.jspecify.annotations.NullMarked;
