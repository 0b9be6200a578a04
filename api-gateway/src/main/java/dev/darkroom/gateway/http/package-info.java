/** What every reply has in common: problems instead of error pages, and safe headers. */
@NullMarked
package dev.darkroom.gateway.http;

import org.jspecify.annotations.NullMarked;
