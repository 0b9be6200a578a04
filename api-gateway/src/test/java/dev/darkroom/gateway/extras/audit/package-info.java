/** Tests of what the audit shows. */
@NullMarked
package dev.darkroom.gateway.extras.audit;

import org.jspecify.annotations.NullMarked;
