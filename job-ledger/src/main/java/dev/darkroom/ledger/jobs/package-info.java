/** The transitions of jobs: the one place that decides who works on a job and how it ended. */
@NullMarked
package dev.darkroom.ledger.jobs;

import org.jspecify.annotations.NullMarked;
