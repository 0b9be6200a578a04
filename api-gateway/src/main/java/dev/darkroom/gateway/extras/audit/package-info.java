/** Shows the audit, and writes reads of everybody's jobs into it. */
@NullMarked
package dev.darkroom.gateway.extras.audit;

import org.jspecify.annotations.NullMarked;
